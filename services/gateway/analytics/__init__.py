"""The analytics stream: what may be learned from homework without learning whose it was.

Derived from the four topics into one of its own, for patients with a recorded analytics consent
only. What passes is a closed list (`decided/`): numbers, truths and codes; days since therapy began
instead of dates; pseudonyms instead of ids. What nobody has decided on does not pass.

Topics have no common order, so consents are read ahead and everything else a while later:

- A fact is published only once all of care that was on its topic that while after the fact was
  recorded is known. A withdrawal that came in time is therefore known before any fact after it.
  One that came later still (care's relay was down for longer) is made good by telling consumers to
  forget; nothing else could be known.
- Of a patient without a consent, the *place* of each fact is kept for some days, never what it
  says. A consent that comes late takes these streams back to where it begins, and they are read
  again as parked records are: nothing of it is lost.
- Once a withdrawal is known nothing more is published, not even of the time before it.
"""
