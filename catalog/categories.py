"""The categories (value: English, Chinese) and the risk of permissions: the shared vocabulary."""

from __future__ import annotations

CATEGORIES: dict[str, tuple[str, str]] = {
    "web": ("Web", "网络工具"),
    "file": ("Files", "文件操作"),
    "data": ("Data", "数据处理"),
    "ai": ("AI", "AI相关"),
    "system": ("System", "系统工具"),
    "math": ("Math", "数学计算"),
    "crypto": ("Cryptography", "加密工具"),
    "database": ("Databases", "数据库"),
    "api": ("API", "API工具"),
    "utility": ("Utilities", "实用工具"),
    "custom": ("Custom", "自定义"),
}


def category_label(value: str) -> str:
    """The English name of a category."""
    return CATEGORIES.get(value, (value, value))[0]
