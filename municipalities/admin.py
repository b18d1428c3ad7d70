"""For administrators: names, facts and successions. Daily loading is `manage.py load_registry`."""

from django import forms
from django.contrib import admin

from .filters import find
from .models import District, Municipality, Region, Succession
from .succession import refuse_impossible


class PlaceAdmin(admin.ModelAdmin):
    list_display = ["name_ru", "name_ky", "name_en", "code", "kind", "gone_on"]
    list_filter = ["kind"]
    search_fields = ["search_key"]  # shows the field; what it finds is in get_search_results
    search_help_text = "Any spelling, or the beginning of the code"

    def get_search_results(self, request, queryset, search_term):
        return find(queryset, search_term) if search_term.strip() else queryset, False

    def get_readonly_fields(self, request, place=None):
        """The code never changes, and a place moves by load_registry, which takes its plans' totals along."""
        return ["code"] if place else []

    def has_delete_permission(self, request, place=None):
        return False  # a place that is gone keeps its page: gone_on


@admin.register(Region)
class RegionAdmin(PlaceAdmin):
    def get_readonly_fields(self, request, region=None):
        return ["code", "iso"] if region else []


@admin.register(District)
class DistrictAdmin(PlaceAdmin):
    list_filter = ["kind", "region"]

    def get_readonly_fields(self, request, district=None):
        return ["code", "region"] if district else []


@admin.register(Municipality)
class MunicipalityAdmin(PlaceAdmin):
    list_filter = ["kind", "region"]
    autocomplete_fields = ["district"]

    def get_readonly_fields(self, request, municipality=None):
        return ["code", "region", "district"] if municipality else []

    def save_model(self, request, municipality, form, change):
        if municipality.district:
            municipality.region = municipality.district.region
        super().save_model(request, municipality, form, change)


class SuccessionForm(forms.ModelForm):
    class Meta:
        model = Succession
        fields = ["predecessor", "successor", "on", "kind", "source"]

    def clean(self):
        cleaned = super().clean()
        parts = {name: cleaned.get(name) for name in ["predecessor", "successor", "kind"]}
        if all(parts.values()):
            refuse_impossible(**parts)
        return cleaned


@admin.register(Succession)
class SuccessionAdmin(admin.ModelAdmin):
    form = SuccessionForm
    list_display = ["predecessor", "successor", "kind", "on"]
    list_filter = ["kind"]
    list_select_related = ["predecessor", "successor"]
    autocomplete_fields = ["predecessor", "successor"]
    ordering = ["-pk"]
