"""Every route at one glance."""


urlpatterns: list = []
