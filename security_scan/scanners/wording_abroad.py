"""Orders to a model in other languages than English; kept apart, since each needs its own words."""

from __future__ import annotations

__all__ = ["ABROAD"]

#: "Ignore the instructions above" and "do not tell the user", as other languages say it.
ABROAD = (
    r"\b(ignorier\w*|missacht\w*|vergiss|vergesst)\b.{0,30}\b(anweisung|instruktion|regel|vorgabe)\w*",
    r"\bohne\b.{0,25}\b(benutzer|nutzer|anwender)\w*\b.{0,30}\b(sagen|mitzuteilen|informieren)\b",
    r"\b(sag|sage|teile|verrate)\b.{0,30}\b(benutzer|nutzer|anwender)\w*\b.{0,20}\b(nicht|nichts)\b",
    r"\b(ignore[zr]?|oublie[zr]?)\b.{0,30}\b(instructions|consignes|règles)\b.{0,20}"
    r"\b(précédentes|antérieures)",
    r"\bne\b.{0,12}\b(dis|dites|préviens|informe[zr]?)\b.{0,12}\b(pas|rien)\b.{0,25}\butilisateur",
    r"\b(ignor[ae]|olvida)\b.{0,30}\binstrucciones\b.{0,20}\b(anteriores|previas)|"
    r"\bno\b.{0,15}\b(digas|informes|menciones)\b.{0,30}\busuario",
    r"\b(ignore|esqueça)\b.{0,30}\binstruções\b.{0,20}\banteriores|"
    r"\bnão\b.{0,15}\b(diga|informe|conte)\b.{0,30}\busuário",
    r"\b(ignora|dimentica)\b.{0,30}\bistruzioni\b.{0,20}\bprecedenti|"
    r"\bnon\b.{0,15}\b(dire|informare)\b.{0,30}\butente",
    r"игнориру\w*.{0,40}"
    r"(инструкци|указани)\w*",
    r"(忽略|无视|忽視).{0,12}"
    r"(指令|指示|說明|说明)|"
    r"(不要|别|請勿)(告诉|告訴)用[户戶]",
    r"(以前|上記|これまで).{0,6}指示.{0,6}無視",
)
