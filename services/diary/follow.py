"""What the diary keeps of other services' facts: people, relationships and sessions."""

from libs.access import care_facts

CATEGORIES = care_facts.CATEGORIES
"""The streams that are followed; a consistency token's others are not waited for."""

keep = care_facts.keep
