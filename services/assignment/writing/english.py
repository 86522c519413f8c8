"""A summary in English."""

from datetime import date

from services.assignment.writing.words import Words

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _date(day: date, weekday: str) -> str:
    return f"{weekday} {day.day} {_MONTHS[day.month - 1]} {day.year}"


ENGLISH = Words(
    language="en",
    untitled="Homework",
    why="Why",
    serves="It serves what you want to reach:",
    plan="The plan",
    no_plan="There is no plan yet.",
    where="Where",
    when="When",
    how_often="How often",
    how_long="How long",
    how_much="How much",
    obstacles="What may get in the way",
    none_foreseen="We asked, and foresaw nothing.",
    if_then="If {when}, then {then}",
    first_step="The first step",
    notice="What to notice",
    look_at="Look at: {what}.",
    learn="What you may learn: {what}",
    sign="Whether you see this: {what}",
    joint="and",
    about="about {what}",
    at="at {what}",
    on="on {what}",
    on_date="on {what}",
    weekly="on {what} each week",
    every_weeks="on {what} every {n} weeks",
    every_day="every day",
    after="after this: {what}",
    at_place="in this place: {what}",
    when_it_happens="each time that this happens: {what}",
    times="{n} times {per}",
    minutes="{n} minutes",
    minutes_range="{least} to {most} minutes",
    different="{n} {unit}, with different people",
    travel={
        "follow_patient": "by the clock of wherever you are",
        "fixed_zone": "by the same clock, also when you travel",
    },
    rules={
        "n_times": "at times that you choose",
        "all_day": "all day long",
        "when_wanted": "whenever you want to",
    },
    sites={
        "home": "at home",
        "work": "at work",
        "public": "in a public place",
        "online": "online",
        "other": "somewhere else",
    },
    days={
        "monday": "Monday",
        "tuesday": "Tuesday",
        "wednesday": "Wednesday",
        "thursday": "Thursday",
        "friday": "Friday",
        "saturday": "Saturday",
        "sunday": "Sunday",
    },
    parts={
        "morning": "in the morning",
        "afternoon": "in the afternoon",
        "evening": "in the evening",
        "night": "at night",
    },
    once_per={
        "day": "once a day",
        "week": "once a week",
        "between_sessions": "once before the next session",
    },
    per={"day": "a day", "week": "a week", "between_sessions": "before the next session"},
    periods={
        "day": "in a day",
        "week": "in a week",
        "weeks": "over the next weeks",
        "between_sessions": "before the next session",
    },
    dimensions={
        "mood": "mood",
        "accomplishment": "sense of accomplishment",
        "pleasure": "pleasure",
        "anxiety": "anxiety",
        "worry": "worry",
        "panic": "panic",
        "eating": "eating",
        "thoughts": "thoughts",
        "physical_sensations": "physical sensations",
        "activity": "activity",
        "sleep": "sleep",
        "other": "what we agreed on",
    },
    date=_date,
)
