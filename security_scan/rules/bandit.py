"""Bandit's tests as rules: what each means for a tool, and what to do about it."""

from lumos.package.findings import Effect, Severity
from lumos.package.rules import N_, Rule, table

__all__ = ["DEFAULT_FIX", "DOCS", "RULES", "WHY"]

DOCS = "https://bandit.readthedocs.io/en/latest/"
#: By the first two characters of the test's id.
WHY = {
    "B1": N_("The code relies on a habit that often hides or causes a weakness."),
    "B2": N_("A setting meant for development, or an unsafe default, is left on."),
    "B3": N_("The called function is unsafe with input that somebody else controls."),
    "B4": N_("The imported module is known for weaknesses when its input is not trusted."),
    "B5": N_("Weak cryptography or unchecked connections protect nothing."),
    "B6": N_("Input that reaches a shell, a query or an interpreter can run as code there."),
    "B7": N_("Text that is put into a page without escaping can run as script there."),
}
FIX = {
    "B102": N_("Call functions by name from a table instead of running text as code."),
    "B105": N_("Take the value from one of the tool's settings."),
    "B106": N_("Take the value from one of the tool's settings."),
    "B107": N_("Take the value from one of the tool's settings."),
    "B108": N_("Use the tempfile module, which makes names that nobody can foresee."),
    "B110": N_("Catch the exception that you expect, and say what happens then."),
    "B112": N_("Catch the exception that you expect, and say what happens then."),
    "B113": N_("Pass timeout=… to every request."),
    "B202": N_("Pass filter='data' to extractall, or check each member's name."),
    "B301": N_("Use json, or sign what you unpickle."),
    "B307": N_("Use ast.literal_eval, or parse the expression yourself."),
    "B310": N_("Check that the address starts with http:// or https:// before opening it."),
    "B311": N_("Use the secrets module where the number must not be guessed."),
    "B324": N_("Use sha256, or pass usedforsecurity=False where nothing depends on it."),
    "B501": N_("Leave certificate checks on."),
    "B506": N_("Use yaml.safe_load."),
    "B602": N_("Pass a list of arguments and leave shell=True out."),
    "B603": N_("Check each argument that comes from outside, and pass a full path."),
    "B605": N_("Use subprocess.run with a list of arguments."),
    "B607": N_("Give the program's full path, or find it once with shutil.which."),
    "B608": N_("Pass values as query parameters instead of putting them into the text."),
    "B701": N_("Pass autoescape=True."),
}
DEFAULT_FIX = N_(
    "Follow the advice on the linked page, or explain in the README why it is safe here."
)
LOW, MEDIUM, HIGH = Severity.LOW, Severity.MEDIUM, Severity.HIGH
#: (id, title, page below DOCS, severities of its findings, the highest first)
TESTS: tuple[tuple[str, str, str, tuple[Severity, ...]], ...] = (
    ("B102", N_("exec is used"), "plugins/b102_exec_used.html", (MEDIUM,)),
    (
        "B103",
        N_("A file that everybody may change"),
        "plugins/b103_set_bad_file_permissions.html",
        (
            HIGH,
            MEDIUM,
        ),
    ),
    (
        "B104",
        N_("Listens on every network interface"),
        "plugins/b104_hardcoded_bind_all_interfaces.html",
        (MEDIUM,),
    ),
    ("B105", N_("A password in a string"), "plugins/b105_hardcoded_password_string.html", (LOW,)),
    (
        "B106",
        N_("A password as an argument"),
        "plugins/b106_hardcoded_password_funcarg.html",
        (LOW,),
    ),
    ("B107", N_("A password as a default"), "plugins/b107_hardcoded_password_default.html", (LOW,)),
    (
        "B108",
        N_("A fixed path in a temporary folder"),
        "plugins/b108_hardcoded_tmp_directory.html",
        (MEDIUM,),
    ),
    ("B110", N_("try, except, pass"), "plugins/b110_try_except_pass.html", (LOW,)),
    ("B112", N_("try, except, continue"), "plugins/b112_try_except_continue.html", (LOW,)),
    (
        "B113",
        N_("A request without a timeout"),
        "plugins/b113_request_without_timeout.html",
        (MEDIUM,),
    ),
    ("B201", N_("Flask with debug=True"), "plugins/b201_flask_debug_true.html", (HIGH,)),
    (
        "B202",
        N_("tarfile.extractall without a filter"),
        "plugins/b202_tarfile_unsafe_members.html",
        (
            HIGH,
            MEDIUM,
            LOW,
        ),
    ),
    (
        "B301",
        N_("pickle reads untrusted data"),
        "blacklists/blacklist_calls.html#b301-pickle",
        (MEDIUM,),
    ),
    (
        "B302",
        N_("marshal reads untrusted data"),
        "blacklists/blacklist_calls.html#b302-marshal",
        (MEDIUM,),
    ),
    (
        "B303",
        N_("A weak hash (MD2, MD4, MD5, SHA-1)"),
        "blacklists/blacklist_calls.html#b303-md5",
        (MEDIUM,),
    ),
    (
        "B304",
        N_("A weak cipher"),
        "blacklists/blacklist_calls.html#b304-b305-ciphers-and-modes",
        (HIGH,),
    ),
    (
        "B305",
        N_("A weak cipher mode (ECB)"),
        "blacklists/blacklist_calls.html#b304-b305-ciphers-and-modes",
        (MEDIUM,),
    ),
    ("B306", N_("tempfile.mktemp"), "blacklists/blacklist_calls.html#b306-mktemp-q", (MEDIUM,)),
    ("B307", N_("eval is used"), "blacklists/blacklist_calls.html#b307-eval", (MEDIUM,)),
    ("B308", N_("Django: mark_safe"), "blacklists/blacklist_calls.html#b308-mark-safe", (MEDIUM,)),
    (
        "B310",
        N_("urlopen takes any scheme"),
        "blacklists/blacklist_calls.html#b310-urllib-urlopen",
        (MEDIUM,),
    ),
    (
        "B311",
        N_("random used where it must not be guessed"),
        "blacklists/blacklist_calls.html#b311-random",
        (LOW,),
    ),
    ("B312", N_("Telnet"), "blacklists/blacklist_calls.html#b312-telnetlib", (HIGH,)),
    (
        "B313",
        N_("XML that can attack the parser (cElementTree)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-celementtree",
        (MEDIUM,),
    ),
    (
        "B314",
        N_("XML that can attack the parser (ElementTree)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-elementtree",
        (MEDIUM,),
    ),
    (
        "B315",
        N_("XML that can attack the parser (expatreader)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-expatreader",
        (MEDIUM,),
    ),
    (
        "B316",
        N_("XML that can attack the parser (expatbuilder)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-expatbuilder",
        (MEDIUM,),
    ),
    (
        "B317",
        N_("XML that can attack the parser (sax)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-sax",
        (MEDIUM,),
    ),
    (
        "B318",
        N_("XML that can attack the parser (minidom)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-minidom",
        (MEDIUM,),
    ),
    (
        "B319",
        N_("XML that can attack the parser (pulldom)"),
        "blacklists/blacklist_calls.html#b313-b320-xml-bad-pulldom",
        (MEDIUM,),
    ),
    ("B321", N_("FTP"), "blacklists/blacklist_calls.html#b321-ftplib", (HIGH,)),
    (
        "B323",
        N_("TLS without checking certificates"),
        "blacklists/blacklist_calls.html#b323-unverified-context",
        (MEDIUM,),
    ),
    (
        "B324",
        N_("A weak hash (MD5, SHA-1)"),
        "plugins/b324_hashlib.html",
        (
            HIGH,
            MEDIUM,
        ),
    ),
    (
        "B401",
        N_("Imports telnetlib"),
        "blacklists/blacklist_imports.html#b401-import-telnetlib",
        (HIGH,),
    ),
    ("B402", N_("Imports ftplib"), "blacklists/blacklist_imports.html#b402-import-ftplib", (HIGH,)),
    (
        "B411",
        N_("Imports xmlrpc"),
        "blacklists/blacklist_imports.html#b411-import-xmlrpclib",
        (HIGH,),
    ),
    (
        "B412",
        N_("A CGI or WSGI script that trusts HTTP_PROXY"),
        "blacklists/blacklist_imports.html#b412-import-httpoxy",
        (HIGH,),
    ),
    (
        "B413",
        N_("Imports pycrypto"),
        "blacklists/blacklist_imports.html#b413-import-pycrypto",
        (HIGH,),
    ),
    ("B415", N_("Imports pyghmi"), "blacklists/blacklist_imports.html#b415-import-pyghmi", (HIGH,)),
    (
        "B501",
        N_("Certificates are not checked"),
        "plugins/b501_request_with_no_cert_validation.html",
        (HIGH,),
    ),
    (
        "B502",
        N_("An insecure version of TLS"),
        "plugins/b502_ssl_with_bad_version.html",
        (
            HIGH,
            MEDIUM,
        ),
    ),
    (
        "B503",
        N_("An insecure version of TLS as a default"),
        "plugins/b503_ssl_with_bad_defaults.html",
        (MEDIUM,),
    ),
    ("B504", N_("TLS without a version"), "plugins/b504_ssl_with_no_version.html", (LOW,)),
    (
        "B505",
        N_("A key that is too short"),
        "plugins/b505_weak_cryptographic_key.html",
        (
            HIGH,
            MEDIUM,
        ),
    ),
    ("B506", N_("yaml.load builds any object"), "plugins/b506_yaml_load.html", (MEDIUM,)),
    (
        "B507",
        N_("SSH without checking the host key"),
        "plugins/b507_ssh_no_host_key_verification.html",
        (HIGH,),
    ),
    ("B508", N_("SNMP version 1 or 2"), "plugins/b508_snmp_insecure_version_check.html", (MEDIUM,)),
    ("B509", N_("SNMP without encryption"), "plugins/b509_snmp_crypto_check.html", (MEDIUM,)),
    ("B601", N_("A command over SSH (Paramiko)"), "plugins/b601_paramiko_calls.html", (MEDIUM,)),
    (
        "B602",
        N_("subprocess with shell=True"),
        "plugins/b602_subprocess_popen_with_shell_equals_true.html",
        (
            HIGH,
            LOW,
        ),
    ),
    (
        "B603",
        N_("subprocess with input from outside"),
        "plugins/b603_subprocess_without_shell_equals_true.html",
        (LOW,),
    ),
    (
        "B604",
        N_("A call with shell=True"),
        "plugins/b604_any_other_function_with_shell_equals_true.html",
        (MEDIUM,),
    ),
    (
        "B605",
        N_("A command through a shell"),
        "plugins/b605_start_process_with_a_shell.html",
        (
            HIGH,
            LOW,
        ),
    ),
    (
        "B606",
        N_("A program started without a shell"),
        "plugins/b606_start_process_with_no_shell.html",
        (LOW,),
    ),
    (
        "B607",
        N_("A program without its full path"),
        "plugins/b607_start_process_with_partial_path.html",
        (LOW,),
    ),
    (
        "B608",
        N_("SQL put together from text"),
        "plugins/b608_hardcoded_sql_expressions.html",
        (MEDIUM,),
    ),
    (
        "B609",
        N_("A wildcard in a command"),
        "plugins/b609_linux_commands_wildcard_injection.html",
        (HIGH,),
    ),
    (
        "B610",
        N_("Django: extra() with text from outside"),
        "plugins/b610_django_extra_used.html",
        (MEDIUM,),
    ),
    ("B611", N_("Django: RawSQL"), "plugins/b611_django_rawsql_used.html", (MEDIUM,)),
    (
        "B612",
        N_("logging.config.listen"),
        "plugins/b612_logging_config_insecure_listen.html",
        (MEDIUM,),
    ),
    (
        "B613",
        N_("Characters that reverse the reading order"),
        "plugins/b613_trojansource.html",
        (HIGH,),
    ),
    ("B614", N_("torch.load builds any object"), "plugins/b614_pytorch_load.html", (MEDIUM,)),
    (
        "B615",
        N_("A download from Hugging Face without a revision"),
        "plugins/b615_huggingface_unsafe_download.html",
        (MEDIUM,),
    ),
    ("B701", N_("Jinja2 without escaping"), "plugins/b701_jinja2_autoescape_false.html", (HIGH,)),
    (
        "B702",
        N_("Mako templates do not escape"),
        "plugins/b702_use_of_mako_templates.html",
        (MEDIUM,),
    ),
    ("B703", N_("Django: mark_safe"), "plugins/b703_django_mark_safe.html", (MEDIUM,)),
    (
        "B704",
        N_("Markup of text from outside"),
        "plugins/b704_markupsafe_markup_xss.html",
        (MEDIUM,),
    ),
)

RULES = table(
    *(
        Rule(
            f"bandit/{test}",
            title,
            severity=severities[0],
            effect=Effect.LOWER,
            why=WHY[test[:2]],
            fix=FIX.get(test, DEFAULT_FIX),
            link=DOCS + page,
            weaker=severities[1:],
        )
        for test, title, page, severities in TESTS
    )
)
