"""The pages: news, one article, and whether the site is well."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from flask import Flask, Response, abort, render_template, request
from werkzeug.exceptions import HTTPException

from department_site.articles import Articles
from department_site.database import Database, DatabaseAwayError
from department_site.settings import read

A_PAGE = 10
HIGHEST = 2**31 - 1
_DAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
_SAID = {
    404: ("Không tìm thấy trang", "Trang quý vị tìm không có, hoặc đã được gỡ xuống."),
    405: ("Yêu cầu không hợp lệ", "Trang này chỉ để đọc."),
}
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
)


def application() -> Flask:
    """Make the site, as its settings say."""
    settings = read()
    app = Flask("department_site")
    articles = Articles(Database(settings))
    zone = ZoneInfo(settings.timezone)
    app.jinja_env.globals["site"] = settings

    @app.template_filter()
    def day(when: datetime) -> str:
        local = when.astimezone(zone)
        return f"{_DAYS[local.weekday()]}, {local:%d/%m/%Y %H:%M}"

    @app.get("/")
    def news() -> str:
        page = request.args.get("trang", 1, type=int)
        if not 1 <= page <= HIGHEST // A_PAGE:
            abort(404)
        found = articles.newest(A_PAGE + 1, A_PAGE * (page - 1))
        return render_template(
            "news.html", articles=found[:A_PAGE], page=page, more=len(found) > A_PAGE
        )

    @app.get("/bai-viet/<int:number>")
    def article(number: int) -> str:
        found = articles.one(number) if number <= HIGHEST else None
        if found is None:
            abort(404)
        return render_template("article.html", article=found)

    @app.get("/suc-khoe")
    def health() -> dict[str, str]:
        articles.well()
        return {"trang": settings.title, "co_so_du_lieu": "hoạt động"}

    @app.errorhandler(DatabaseAwayError)
    def away(failure: DatabaseAwayError) -> tuple[str, int, dict[str, str]]:
        app.logger.error("no database: %s", failure)
        return render_template("away.html"), 503, {"Retry-After": "30"}

    @app.errorhandler(HTTPException)
    def refused(failure: HTTPException) -> tuple[str, int]:
        code = failure.code or 500
        heading, sentence = _SAID.get(code, ("Có lỗi xảy ra", "Xin quý vị thử lại sau ít phút."))
        return render_template("refused.html", heading=heading, sentence=sentence), code

    @app.after_request
    def limit(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = f"{_POLICY}; frame-ancestors 'self'"
        return response

    return app
