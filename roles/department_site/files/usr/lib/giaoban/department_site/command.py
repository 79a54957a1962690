"""The command `bai-viet`: whoever looks after the site posts, lists and removes articles."""

from __future__ import annotations

import argparse
import sys

from department_site.articles import Articles, tidy
from department_site.database import Database, DatabaseAwayError
from department_site.settings import Settings, read

EXIT_AWAY, EXIT_NOTHING, EXIT_USAGE = 3, 1, 2
LISTED = 1000


def main() -> int:
    """Do what the command line says and give the exit code."""
    asked = _arguments()
    settings = read()
    articles = Articles(Database(settings))
    try:
        return int(asked.act(articles, asked))
    except DatabaseAwayError as failure:
        print(f"bai-viet: {_away(settings)}\n  {failure}", file=sys.stderr)
        return EXIT_AWAY


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bai-viet", description="Đăng, liệt kê và gỡ bài viết của trang thông tin điện tử."
    )
    verbs = parser.add_subparsers(required=True, metavar="VIỆC")
    adding = verbs.add_parser("them", help="đăng một bài; nội dung đọc từ đầu vào chuẩn")
    adding.add_argument("title", metavar="TIÊU-ĐỀ")
    adding.add_argument("--tom-tat", dest="summary", default="", help="một hai câu cho trang đầu")
    adding.add_argument("--tac-gia", dest="author", default="Ban biên tập", help="người viết")
    adding.set_defaults(act=_add)
    listing = verbs.add_parser("liet-ke", help="liệt kê các bài, mới nhất trước")
    listing.set_defaults(act=_list)
    removing = verbs.add_parser("go", help="gỡ một bài")
    removing.add_argument("number", metavar="SỐ", type=int)
    removing.set_defaults(act=_remove)
    return parser.parse_args()


def _add(articles: Articles, asked: argparse.Namespace) -> int:
    title, summary = (" ".join(tidy(text).split()) for text in (asked.title, asked.summary))
    body = tidy(sys.stdin.read())
    for text, what in ((title, "tiêu đề"), (body, "nội dung (đọc từ đầu vào chuẩn)")):
        if not text:
            print(f"bai-viet: thiếu {what}; chưa đăng gì", file=sys.stderr)
            return EXIT_USAGE
    print(articles.add(title, summary, body, tidy(asked.author)))
    return 0


def _list(articles: Articles, _asked: argparse.Namespace) -> int:
    for article in articles.newest(LISTED):
        print(f"{article.number}\t{article.posted:%Y-%m-%d %H:%M}\t{article.title}")
    return 0


def _remove(articles: Articles, asked: argparse.Namespace) -> int:
    if articles.remove(asked.number):
        return 0
    print(
        f"bai-viet: không có bài số {asked.number}; `bai-viet liet-ke` cho các số", file=sys.stderr
    )
    return EXIT_NOTHING


def _away(settings: Settings) -> str:
    return (
        "cơ sở dữ liệu không trả lời, chưa làm gì; xin thử lại sau ít phút, hoặc gọi"
        f" {settings.desk['name']}, {settings.desk['phone']}"
    )


if __name__ == "__main__":
    sys.exit(main())
