"""Patterns of orders to a model in languages other than English."""

from __future__ import annotations

__all__ = ["ABROAD", "CARRIED_ABROAD"]

#: "Ignore the instructions above" and "do not tell the user" in other languages.
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
    r"\b(erwähn\w*|erzähl\w*|zeig\w*|informier\w*|verschweig\w*)\b.{0,40}\b(benutzer|nutzer|anwender)\w*\b"
    r".{0,20}\b(nicht|nichts|nie|niemals)\b|\b(benutzer|nutzer|anwender)\w*\b.{0,25}\b(nichts|nicht|nie)\b"
    r".{0,25}\b(erfahren|wissen|merken|erwähnen|sagen|erzählen)\b",
    r"\b(sans|à l'insu)\b.{0,20}\b(prévenir|informer|avertir|de)\b.{0,10}\b(l'|l’)?utilisateur|"
    r"\bl['’]utilisateur\b.{0,20}\bne\b.{0,12}\b(doit|sache|voie)\b",
    r"\bsin\b.{0,15}\b(avisar|informar|decir\w*|que)\b.{0,15}\busuario|\busuario\b.{0,12}\bno\b.{0,12}"
    r"\b(debe|sepa|vea|note)\b",
    r"\bsem\b.{0,15}\b(avisar|informar|contar)\b.{0,15}\busuário|\bsenza\b.{0,15}\b(avvisare|informare|dirlo)"
    r"\b.{0,15}\butente",
    r"не\s+(говори\w*|сообщай\w*|упоминай\w*|показывай\w*|рассказывай\w*).{0,40}пользовател\w*",
    r"(用[户戶]|使用者).{0,6}(不知情|不知道|不要知道)|(不要|别|請勿|无需|不必)(向|对|對|让|讓|跟)?.{0,6}用[户戶].{0,4}"
    r"(提及|提到|说明|說明|透露|知道|显示)",
    r"(ユーザー|利用者|使用者).{0,6}(伝え|知らせ|言わ|報告し|見せ)(ず|ない|るな)",
    r"사용자.{0,6}(알리지|말하지|보여주지|언급하지)",
    r"(이전|위의).{0,6}(지시|명령).{0,6}(무시|잊)",
)

#: Files with credentials, and the verbs "send" and "pass on" in other languages.
_CREDENTIALS = (
    r"(~/?\.(ssh|aws|config|cursor|gnupg|kube|docker)\b|\bid_(rsa|ed25519|ecdsa)\b|\.aws/credentials|"
    r"\bmcp\.json|/etc/(passwd|shadow)|\.bash_history|\.env\b|\.netrc\b|\.npmrc\b|\.pypirc\b)"
)
_SENDS = (
    r"(\b(send(e|en|est)|schick\w*|übergib|übergebe?n?|übermittle\w*|füg\w*|häng\w*|envoie\w*|envoyez|"
    r"transmet\w*|ajoute\w*|joins|joignez|passe[zr]|envía\w*|adjunt\w*|incluy\w*|mand[ae]\w*|pás[ae]\w*|envie\w*|"
    r"anex\w*|inclua\w*|invia\w*|allega\w*|inserisci|отправ\w*|переда\w*|добав\w*|встав\w*)\b|"
    r"发送|發送|传递|傳遞|附上|附加|传给|上传|送信|渡し|含め|添付|보내|전달|포함|첨부)"
)
CARRIED_ABROAD = (
    rf"{_CREDENTIALS}[^\n]{{0,80}}{_SENDS}",
    rf"{_SENDS}[^\n]{{0,80}}{_CREDENTIALS}",
)
