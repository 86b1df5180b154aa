"""Patterns of orders to a model in languages other than English."""

from __future__ import annotations

__all__ = ["ABROAD", "CARRIED_ABROAD", "ORDERS_ABROAD"]

#: "Ignore the instructions above" and "do not tell the user" in other languages.
ABROAD = (
    r"\b(ignorier\w*|missacht\w*|vergiss|vergesst)\b.{0,30}\b(anweisung|instruktion|regel|vorgabe)"
    r"\w*",
    r"\bohne\b.{0,25}\b(benutzer|nutzer|anwender)\w*\b.{0,30}\b(sagen|mitzuteilen|informieren)\b",
    r"\b(sag|sage|teile|verrate)\b.{0,30}\b(benutzer|nutzer|anwender)\w*\b.{0,20}\b(nicht|nichts)"
    r"\b",
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
    r"\b(erwähn\w*|erzähl\w*|zeig\w*|informier\w*|verschweig\w*)\b.{0,40}\b(benutzer|nutzer|"
    r"anwender)\w*\b"
    r".{0,20}\b(nicht|nichts|nie|niemals)\b|\b(benutzer|nutzer|anwender)\w*\b.{0,25}\b(nichts|"
    r"nicht|nie)\b"
    r".{0,25}\b(erfahren|wissen|merken|erwähnen|sagen|erzählen)\b",
    r"\b(sans|à l'insu)\b.{0,20}\b(prévenir|informer|avertir|de)\b.{0,10}\b(l'|l’)?utilisateur|"
    r"\bl['’]utilisateur\b.{0,20}\bne\b.{0,12}\b(doit|sache|voie)\b",
    r"\bsin\b.{0,15}\b(avisar|informar|decir\w*|que)\b.{0,15}\busuario|"
    r"\busuario\b.{0,12}\bno\b.{0,12}"
    r"\b(debe|sepa|vea|note)\b",
    r"\bsem\b.{0,15}\b(avisar|informar|contar)\b.{0,15}\busuário|\bsenza\b.{0,15}\b(avvisare|"
    r"informare|dirlo)"
    r"\b.{0,15}\butente",
    r"не\s+(говори\w*|сообщай\w*|упоминай\w*|показывай\w*|рассказывай\w*).{0,40}пользовател\w*",
    r"(用[户戶]|使用者).{0,6}(不知情|不知道|不要知道)|(不要|别|請勿|无需|不必)(向|对|對|让|讓|"
    r"跟)?.{0,6}用[户戶].{0,4}"
    r"(提及|提到|说明|說明|透露|知道|显示)",
    r"(ユーザー|利用者|使用者).{0,6}(伝え|知らせ|言わ|報告し|見せ)(ず|ない|るな)",
    r"사용자.{0,6}(알리지|말하지|보여주지|언급하지)",
    r"(이전|위의).{0,6}(지시|명령).{0,6}(무시|잊)",
)

#: Files with credentials, and the verbs "send" and "pass on" in other languages.
_CREDENTIALS = (
    r"(~/?\.(ssh|aws|config|cursor|gnupg|kube|docker)\b|\bid_(rsa|ed25519|ecdsa)\b|"
    r"\.aws/credentials|"
    r"\bmcp\.json|/etc/(passwd|shadow)|\.bash_history|\.env\b|\.netrc\b|\.npmrc\b|\.pypirc\b)"
)
_SENDS = (
    r"(\b(send(e|en|est)|schick\w*|übergib|übergebe?n?|übermittle\w*|füg\w*|häng\w*|envoie\w*|"
    r"envoyez|"
    r"transmet\w*|ajoute\w*|joins|joignez|passe[zr]|envía\w*|adjunt\w*|incluy\w*|mand[ae]\w*|"
    r"pás[ae]\w*|envie\w*|"
    r"anex\w*|inclua\w*|invia\w*|allega\w*|inserisci|отправ\w*|переда\w*|добав\w*|встав\w*)\b|"
    r"发送|發送|传递|傳遞|附上|附加|传给|上传|送信|渡し|含め|添付|보내|전달|포함|첨부)"
)
CARRIED_ABROAD = (
    rf"{_CREDENTIALS}[^\n]{{0,80}}{_SENDS}",
    rf"{_SENDS}[^\n]{{0,80}}{_CREDENTIALS}",
)

_NO = (
    r"\b(nicht|kein\w*|niemals|ne|pas|no|nunca|não|non|mai|не|нельзя)\b|不|勿|别|"
    r"ない|ません|しないで|지\s?마|"
    r"않|لا\b"
)
_ALREADY = (
    r"\b(bereits|schon)\b.{0,40}(zugestimmt|genehmig|erlaubt|bestätig|einverstanden)|"
    r"\bdéjà\b.{0,40}(accord|"
    r"approuv|accept|autoris|consent)|\bya\b.{0,30}(aprob|acept|autoriz|consent|permiso)|"
    r"\bjá\b.{0,30}(aprov|"
    r"aceit|autoriz|permiss|consent)|\bgià\b.{0,30}(approv|accett|autorizz|consens)|"
    r"\bуже\b.{0,30}(одобрил|"
    r"разрешил|соглас|подтвердил)|(已经|已經|已).{0,10}(同意|批准|授权|授權|确认|確認)|(既に|"
    r"すでに).{0,12}(承認|同意|許可|確認)|"
    r"이미.{0,15}(승인|동의|허가|확인)|(وافق|أذن|موافقة).{0,15}(بالفعل|مسبق)"
)
_UNASKED = (
    r"\b(nicht|keine?|ohne)\b.{0,30}(frag|bestätig|rückfrag|nachfrag|erlaubnis)|\b(ne|sans|pas)"
    r"\b.{0,30}(demand|"
    r"confirm|autoris)|\b(no|sin)\b.{0,30}(pid|pregunt|confirm|solicit)|\b(não|sem)\b.{0,30}(peç|"
    r"pergunt|confirm|"
    r"solicit)|\b(non|senza)\b.{0,30}(chied|conferm)|\b(не|без)\b.{0,30}(спрашива|подтвержд|"
    r"запрашива)|(无需|無需|不需要|"
    r"不用|无须|不要|不必).{0,10}(确认|確認|询问|詢問|征求|再问)|確認.{0,8}(不要|必要|せず|なし)|확인.{0,10}(필요|"
    r"말|없이)|"
    r"(لا|دون|بدون).{0,15}(تطلب|تسأل|تأكيد)"
)
_ALWAYS = (
    r"\b(immer|stets|jede[rsmn]?|toujours|chaque|siempre|cada|todos?|sempre|ogni|всегда|кажд\w+)"
    r"\b|始终|總是|总是|一律|每|"
    r"必须|必須|常に|すべて|全て|항상|모든|دائم|كل"
)
_RESULT = (
    r"(ergebnis|antwort|ausgabe|seite|rückgabe|résultat|réponse|page|resultado|respuesta|página|"
    r"resposta|risultato|"
    r"risposta|pagina|результат|ответ|страниц|结果|結果|返回|响应|页面|輸出|输出|内容|応答|ページ|出力|"
    r"결과|응답|페이지|출력|"
    r"النتيجة|الرد|"
    r"الصفحة)"
)
_FOLLOW = (
    r"\b(befolg|folg|führ)\w*\b.{0,40}(anweisung|schritt|befehl|auftr)|\b(suis|suivez|exécut|"
    r"appliqu|obéi)\w*.{0,40}("
    r"instruction|étape|consigne|ordre)|\b(sigue|siga|ejecut|cumpl|obedec)\w*.{0,40}(instruccion|"
    r"paso|[óo]rden)|"
    r"\b(siga|execut|cumpra|obedeç)\w*.{0,40}(instruç|passo|orden)|\b(segui|esegui|obbedisci)"
    r"\w*.{0,40}(istruzion|pass|"
    r"ordin)|(выполн|следуй|исполн)\w*.{0,40}(инструкц|указани|команд|шаг)|(执行|"
    r"執行|遵循|按照|照做|遵从)"
    r".{0,20}(指令|指示|步骤|"
    r"命令|要求)|(指示|命令|手順).{0,15}(実行|従)|(지시|명령|단계).{0,15}(실행|따르|수행)|(نفذ|"
    r"اتبع)\w*.{0,20}(التعليمات|"
    r"الأوامر|الخطوات)"
)
_THIS_TOOL = (
    r"(\bdiese[smn]? (werkzeug|tool|funktion)|\bcet(te)? (outil|fonction)|\besta (herramienta|"
    r"función|ferramenta|função)|"
    r"\bquest[oa] (strumento|funzione)|\bэт\w+ (инструмент|функци)\w*|(此|这个|這個|"
    r"本)(工具|函数|函數)|このツール|"
    r"この関数|이 도구|이 함수|هذه "
    r"الأداة)"
)
_INSTEAD = (
    r"(\b(statt|anstelle|anstatt|ander\w+|au lieu|plutôt|à la place|autres?|en lugar|en vez|"
    r"otr[ao]s?|em vez|ao invés|"
    r"outr[ao]s?|invece|al posto|altr[io]|вместо|друг\w+)\b|而不是|代替|其他|他の|よりも?|"
    r"대신|다른|بدل|أخرى)"
)
_COPY = (
    r"(blindkopie|\bin kopie|copie cachée|\ben copie|copia oculta|cópia oculta|copia nascosta|"
    r"скрыт\w+ копи|\bкопи[юя]|密送|"
    r"抄送|密件|\bbcc\b|숨은 참조|참조|نسخة)"
)
_WHOLE = (
    r"(gesamte?n?|ganze?n?|vollständige?n?|toute la|entière|l'ensemble|toda la|completa|toda a|"
    r"tutta la|intera|вс[юея]|"
    r"полн\w+|整个|整個|全部|完整|すべての|全体|全ての|전체|كاملة|كامل)"
)
_TALK = (
    r"(gespräch|unterhaltung|konversation|chatverlauf|nachrichtenverlauf|conversation|"
    r"conversación|conversa|conversazione|"
    r"разговор|переписк|диалог|对话|對話|聊天记录|会話|대화|محادثة|المحادثة|systemprompt|"
    r"system prompt|系统提示|"
    r"системн\w+ промпт)"
)
_PARAMETER = (
    r"(`|\bparamet\w*|paramètre|parámetro|parâmetro|\bfeld\b|\bchamp\b|"
    r"\bcampo\b|параметр|поле|参数|"
    r"參數|字段|引数|パラメータ|フィールド|"
    r"매개변수|파라미터|필드|معامل|المعامل|حقل)"
)
#: (rule, patterns that all must match a sentence or two, what makes it harmless).
ORDERS_ABROAD: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("instructions", (_ALREADY, _UNASKED), r"(?!)"),
    ("instructions", (_FOLLOW, _RESULT), _NO),
    ("steering", (_ALWAYS, _THIS_TOOL, _INSTEAD), _NO),
    (
        "recipients",
        (_COPY, _ALWAYS, r"[\w.+-]+@[\w-]+\.[\w.-]+"),
        r"@(example|beispiel|ejemplo|exemple)",
    ),
    ("secrets", (_WHOLE, _TALK, _PARAMETER), _NO),
)
