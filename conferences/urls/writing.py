"""Writing and reviewing practices. /practices/new/ and /practices/work/ are no slugs (conferences/slugs.py)."""

from django.urls import path

from conferences.views import reviewing, writing

urlpatterns = [
    path("practices/new/", writing.practice_add, name="practice_add"),
    path("practices/work/", reviewing.practice_work, name="practice_work"),
    path("practices/<slug:slug>/edit/", writing.practice_edit, name="practice_edit"),
    path("practices/<slug:slug>/discard/", writing.practice_discard, name="practice_discard"),
    path(
        "practices/<slug:slug>/versions/new/",
        writing.practice_version_add,
        name="practice_version_add",
    ),
    path("practices/<slug:slug>/submit/", reviewing.practice_submit, name="practice_submit"),
    path("practices/<slug:slug>/review/", reviewing.practice_review, name="practice_review"),
    path(
        "practices/<slug:slug>/review/approve/",
        reviewing.practice_approve,
        name="practice_approve",
    ),
    path("practices/<slug:slug>/review/return/", reviewing.practice_return, name="practice_return"),
    path(
        "practices/<slug:slug>/review/publish/",
        reviewing.practice_publish,
        name="practice_publish",
    ),
    path("practices/<slug:slug>/review/remark/", reviewing.practice_remark, name="practice_remark"),
    path(
        "practices/<slug:slug>/review/remarks/<int:pk>/",
        reviewing.practice_answer,
        name="practice_answer",
    ),
    path("practices/<slug:slug>/check/", reviewing.practice_check, name="practice_check"),
]
