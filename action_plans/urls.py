from django.urls import path

from . import views

app_name = "action_plans"
urlpatterns = [
    path("", views.plan_list, name="list"),
    path("new/", views.plan_create, name="create"),
    path("<slug:reference>/", views.plan_detail, name="detail"),
    path("<slug:reference>/edit/", views.plan_edit, name="edit"),
    path("<slug:reference>/history/", views.plan_history, name="history"),
    path("<slug:reference>/submit/", views.plan_submit, name="submit"),
    path("<slug:reference>/return/", views.plan_return, name="return"),
    path("<slug:reference>/approve/", views.plan_approve, name="approve"),
    path("<slug:reference>/start/", views.plan_start, name="start"),
    path("<slug:reference>/complete/", views.plan_complete, name="complete"),
    path("<slug:reference>/cancel/", views.plan_cancel, name="cancel"),
    path("<slug:reference>/money/", views.plan_money, name="money"),
    path("<slug:reference>/payments/new/", views.payment_create, name="payment"),
    path(
        "<slug:reference>/payments/<int:pk>/reverse/", views.payment_reverse, name="payment_reverse"
    ),
    path(
        "<slug:reference>/payments/<int:pk>/correct/", views.payment_correct, name="payment_correct"
    ),
    path("<slug:reference>/payments/<int:pk>/repost/", views.payment_repost, name="payment_repost"),
    path(
        "<slug:reference>/payments/<int:pk>/discard/", views.payment_discard, name="payment_discard"
    ),
    path("<slug:reference>/in-kind/new/", views.in_kind_add, name="in_kind_add"),
    path("<slug:reference>/in-kind/<int:pk>/edit/", views.in_kind_edit, name="in_kind_edit"),
    path("<slug:reference>/in-kind/<int:pk>/remove/", views.in_kind_remove, name="in_kind_remove"),
    path("<slug:reference>/in-kind/<int:pk>/verify/", views.in_kind_verify, name="in_kind_verify"),
    path(
        "<slug:reference>/in-kind/<int:pk>/withdraw/",
        views.in_kind_withdraw,
        name="in_kind_withdraw",
    ),
    path("<slug:reference>/promises/new/", views.promise_add, name="promise_add"),
    path("<slug:reference>/promises/<int:pk>/revise/", views.promise_revise, name="promise_revise"),
    path("<slug:reference>/budget/new/", views.budget_add, name="budget_add"),
    path("<slug:reference>/budget/<int:pk>/edit/", views.budget_edit, name="budget_edit"),
    path("<slug:reference>/budget/<int:pk>/remove/", views.budget_remove, name="budget_remove"),
    path("<slug:reference>/budget/<int:pk>/revise/", views.budget_revise, name="budget_revise"),
    path("<slug:reference>/budget/<int:pk>/comment/", views.budget_comment, name="budget_comment"),
    path("<slug:reference>/facts/", views.plan_facts, name="facts"),
    path("<slug:reference>/documents/", views.document_add, name="document_add"),
    path("<slug:reference>/documents/<int:pk>/", views.document, name="document"),
    path(
        "<slug:reference>/documents/<int:pk>/remove/", views.document_remove, name="document_remove"
    ),
]
