"""What care keeps of its own facts: who treats whom and when they meet, as every service does.

Following its own topic like the others gives one implementation of *who may see whom*.
"""

from libs.access import care_facts

CATEGORIES = care_facts.CATEGORIES
"""The streams that are followed; a consistency token's others are not waited for."""

keep = care_facts.keep
