"""A summary in Spanish."""

from datetime import date

from services.assignment.writing.words import Words

_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio", "julio"),
    *("agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def _date(day: date, weekday: str) -> str:
    return f"{weekday} {day.day} de {_MONTHS[day.month - 1]} de {day.year}"


SPANISH = Words(
    language="es",
    untitled="Tarea",
    why="Por qué",
    serves="Sirve a lo que quieres lograr:",
    plan="El plan",
    no_plan="Todavía no hay un plan.",
    where="Dónde",
    when="Cuándo",
    how_often="Con qué frecuencia",
    how_long="Cuánto tiempo",
    how_much="Cuánto",
    obstacles="Qué puede interponerse",
    none_foreseen="Lo preguntamos y no previmos nada.",
    if_then="Si ocurre esto: {when}; entonces: {then}",
    first_step="El primer paso",
    notice="En qué fijarse",
    look_at="Fíjate en: {what}.",
    learn="Qué puedes aprender: {what}",
    sign="Si ves esto: {what}",
    joint="y",
    about="hacia {what}",
    at="a las {what}",
    on="el {what}",
    on_date="el {what}",
    weekly="cada semana: {what}",
    every_weeks="cada {n} semanas: {what}",
    every_day="cada día",
    after="después de esto: {what}",
    at_place="en este lugar: {what}",
    when_it_happens="cada vez que ocurra esto: {what}",
    times="{n} veces {per}",
    minutes="{n} minutos",
    minutes_range="de {least} a {most} minutos",
    different="{n} {unit}, con personas distintas",
    travel={
        "follow_patient": "según el reloj del lugar donde estés",
        "fixed_zone": "según el mismo reloj, también cuando viajes",
    },
    rules={
        "n_times": "en los momentos que elijas",
        "all_day": "durante todo el día",
        "when_wanted": "cuando quieras",
    },
    sites={
        "home": "en casa",
        "work": "en el trabajo",
        "public": "en un lugar público",
        "online": "en línea",
        "other": "en otro lugar",
    },
    days={
        "monday": "lunes",
        "tuesday": "martes",
        "wednesday": "miércoles",
        "thursday": "jueves",
        "friday": "viernes",
        "saturday": "sábado",
        "sunday": "domingo",
    },
    parts={
        "morning": "por la mañana",
        "afternoon": "por la tarde",
        "evening": "al anochecer",
        "night": "por la noche",
    },
    once_per={
        "day": "una vez al día",
        "week": "una vez por semana",
        "between_sessions": "una vez antes de la próxima sesión",
    },
    per={
        "day": "al día",
        "week": "por semana",
        "between_sessions": "antes de la próxima sesión",
    },
    periods={
        "day": "en un día",
        "week": "en una semana",
        "weeks": "en las próximas semanas",
        "between_sessions": "antes de la próxima sesión",
    },
    dimensions={
        "mood": "el estado de ánimo",
        "accomplishment": "la sensación de logro",
        "pleasure": "el agrado",
        "anxiety": "la ansiedad",
        "worry": "la preocupación",
        "panic": "el pánico",
        "eating": "la alimentación",
        "thoughts": "los pensamientos",
        "physical_sensations": "las sensaciones físicas",
        "activity": "la actividad",
        "sleep": "el sueño",
        "other": "lo que acordamos",
    },
    date=_date,
)
