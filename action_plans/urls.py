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
    path("<slug:reference>/documents/", views.document_add, name="document_add"),
    path("<slug:reference>/documents/<int:pk>/", views.document, name="document"),
    path(
        "<slug:reference>/documents/<int:pk>/remove/", views.document_remove, name="document_remove"
    ),
]
