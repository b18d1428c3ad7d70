"""For us, not for the users: reference tables can be changed, plans only looked at."""

from django.contrib import admin

from . import areas, phases
from .models import ActionPlan, Phase, Programme, ServiceArea


@admin.register(Programme)
class ProgrammeAdmin(admin.ModelAdmin):
    list_display = ["code", "name_ru"]


@admin.register(Phase)
class PhaseAdmin(admin.ModelAdmin):
    list_display = ["code", "name_ru", "starts_on", "ends_on", "minimum_own_share"]

    def get_readonly_fields(self, request, phase=None):
        return sorted(phases.fixed_fields(phase)) if phase else []

    def save_model(self, request, phase, form, change):
        if not change:
            super().save_model(request, phase, form, change)
            return
        changes = {name: form.cleaned_data[name] for name in form.changed_data}
        phases.change_settings(phase=phase, by=request.user, **changes)

    def log_change(self, request, phase, message):
        """The verb has written down what was changed."""


@admin.register(ServiceArea)
class ServiceAreaAdmin(admin.ModelAdmin):
    list_display = ["code", "name_ru", "parent", "dac_code", "sdg_target", "position"]
    list_select_related = ["parent"]

    def get_readonly_fields(self, request, area=None):
        # Totals are added up by top area; one that plans name stays where it is.
        return ["parent"] if area and area.plan_areas.exists() else []

    def save_model(self, request, area, form, change):
        before = areas.order()
        super().save_model(request, area, form, change)
        areas.keep_order(before)


@admin.register(ActionPlan)
class ActionPlanAdmin(admin.ModelAdmin):
    """Read only: a change here would go past the rules, the totals and the history."""

    list_display = ["reference", "lead", "status", "cost_kgs", "starts_on"]
    list_select_related = ["lead"]
    list_filter = ["status", "phase"]
    search_fields = ["reference", "search_key"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
