def test_a_static_file_changed_while_the_portal_runs_is_served_whole(client, settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    for text in [b"let a;", b"let a, b, c;"]:
        (tmp_path / "page.js").write_bytes(text)
        assert client.get("/static/page.js").getvalue() == text
