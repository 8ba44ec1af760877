"""The petition: one value that holds everything about one matter, and the verbs that change it.

A verb returns a new petition with one more history entry; it never writes. Each takes a `Change`: who, when, and the
identifier of the change. The verbs stand by phase in modules of their own; what two petitions or the ministry's terms
decide together (merging, disputes, screening, the second look) in `shared.domain.procedures`.
"""

from __future__ import annotations

from shared.domain.petition.files import FileVerbs
from shared.domain.petition.follow_up import FollowUpVerbs
from shared.domain.petition.result import ResultVerbs
from shared.domain.petition.routing import RoutingVerbs
from shared.domain.petition.work import WorkVerbs

MAX_CONTENT = 10_000
"""Characters of a petition's content; longer texts go into an attachment."""


class Petition(RoutingVerbs, WorkVerbs, ResultVerbs, FollowUpVerbs, FileVerbs):
    """One petition, whole: its fields and history (`PetitionFields`), and every verb."""
