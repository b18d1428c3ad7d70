"""For administrators, and for what the pages do not offer; people are invited under People."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.models import Group

from .models import User

# One way in: allauth's page counts the attempts.
admin.site.login = login_not_required(secure_admin_login(admin.site.login))
admin.site.unregister([Group, EmailAddress])  # roles are ours; the address stands on the person


@admin.register(User)
class UserAdmin(admin.ModelAdmin):
    list_display = ["email", "name", "role", "municipality", "is_active", "last_login"]
    list_filter = ["role", "is_active"]
    list_select_related = ["municipality"]
    search_fields = ["email", "name"]
    fields = [
        "email",
        "name",
        "language",
        "role",
        "may_sign",
        "may_reopen",
        "municipality",
        "is_active",
        "last_login",
        "date_joined",
    ]
    # Changed under People, where the last administrator is protected.
    readonly_fields = fields[3:]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
