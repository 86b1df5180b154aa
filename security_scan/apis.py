"""Which calls need which permission: one table for the detection and for the malware rules.

Names are canonical (``syntax.names``): ``()`` is the result of a call, ``[]`` an item.

``crypto`` means work with keys: encrypting, decrypting, signing, making keys. Digests
(``hashlib``), random numbers (``secrets``), checksums and TLS itself are not ``crypto``, because
they cannot make data inaccessible. ``network`` covers TLS; loading a private key is ``crypto``.
"""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["kinds_of"]

_CALLS: dict[str, tuple[str, ...]] = {
    "network": (
        r"socket\.(socket|create_connection|create_server|socketpair|fromfd)(\(\).*)?",
        r"socket\.(getaddrinfo|gethostbyname(_ex)?|gethostbyaddr|getnameinfo)",
        r"http\.client\.(HTTPS?Connection)\b.*",
        r"httplib\..*",
        r"urllib\.request\.(urlopen|urlretrieve|build_opener|URLopener|FancyURLopener|OpenerDirector)\b.*",
        r"urllib3\.(PoolManager|ProxyManager|HTTPS?ConnectionPool|connection_from_url|request)\b.*",
        r"requests\.(get|post|put|patch|delete|head|options|request|session|Session)\b.*",
        r"requests\.(sessions|api)\..*",
        r"httpx\.(get|post|put|patch|delete|head|options|request|stream|Client|AsyncClient)\b.*",
        r"aiohttp\.(ClientSession|request|TCPConnector|web\.run_app|web\.TCPSite)\b.*",
        r"asyncio\.(open_connection|start_server|create_datagram_endpoint)",
        r".*\.(create_datagram_endpoint)",
        r"(ftplib|smtplib|poplib|imaplib|nntplib|telnetlib)\.\w*[A-Z]\w*(\(\).*)?",
        r"aiosmtplib\.(send|SMTP).*",
        r"xmlrpc\.client\.(ServerProxy|Server)\b.*",
        r"(socketserver|http\.server|wsgiref\.simple_server)\.\w*(Server|make_server)\b.*",
        r"websockets?\.(connect|create_connection|WebSocketApp|WebSocket|serve|client\.\w+)\b.*",
        r"(paramiko|fabric|asyncssh|netmiko|ldap3|pika|kafka|zmq|grpc|paho|nats|stomp)\.\w+\b.*",
        r"(boto3|botocore|google\.cloud|azure\.\w+|openai|anthropic|cohere|ollama|litellm)\.\w+\b.*",
        r"(tweepy|telegram|telebot|pyrogram|telethon|discord|dhooks|discord_webhook|slack_sdk|twilio)\.\w+\b.*",
        r"(pycurl|treq|niquests|grequests|requests_html|httplib2|mechanize|cloudscraper)\.\w+\b.*",
        r"tornado\.httpclient\..*",
        r"dns\.(resolver|asyncresolver|query)\.\w+\b.*",
        r"(selenium|playwright|pyppeteer|scrapy)\.\w+\b.*",
        r"webbrowser\.open\w*",
        r"(uvicorn|waitress|gunicorn|hypercorn)\.(run|serve|Server)\b.*",
    ),
    "file-read": (
        r"os\.(listdir|scandir|walk|fwalk|stat|lstat|readlink|access|statvfs)",
        r"os\.path\.(exists|lexists|isfile|isdir|islink|getsize|getmtime|getatime|getctime|samefile|realpath)",
        r"glob\.(glob|iglob)",
        r"shutil\.(copy|copy2|copyfile|copytree|disk_usage)",
        r"(pathlib\..*|.*\.)(read_text|read_bytes|iterdir|rglob)",
        r"pathlib\..*\.(glob|stat|lstat|exists|is_file|is_dir|is_symlink|walk|resolve|samefile)",
        r"(linecache\.(getlines?|checkcache)|fileinput\.\w+|tokenize\.open|mmap\.mmap|filecmp\.\w+)",
        r"(configparser|ConfigParser)\.\w+\(\)\.read",
        r"(openpyxl\.load_workbook|xlrd\.open_workbook|docx\.Document|pptx\.Presentation|PIL\.Image\.open)",
        r"(pandas|polars)\.(read_|scan_)\w+",
        r"(pypdf|PyPDF2|pdfplumber|fitz|pymupdf)\.(PdfReader|open|Document)",
        r"(numpy\.(load|loadtxt|genfromtxt|fromfile)|cv2\.imread|soundfile\.read|toml\.load|h5py\.File)",
        r"aiofiles\.open",
    ),
    "file-write": (
        r"os\.(remove|unlink|rename|renames|replace|mkdir|makedirs|rmdir|removedirs|truncate|symlink|link)",
        r"os\.(mkfifo|utime|chmod|lchmod|mknod|ftruncate)",
        r"shutil\.(copy|copy2|copyfile|copytree|copymode|copystat|move|rmtree|make_archive|unpack_archive)",
        r"(pathlib\..*|.*\.)(write_text|write_bytes|symlink_to|hardlink_to)",
        r"pathlib\..*\.(mkdir|touch|unlink|rename|replace|rmdir|chmod)",
        r"tempfile\.(mkstemp|mkdtemp|mktemp|TemporaryFile|NamedTemporaryFile|TemporaryDirectory|SpooledTemporaryFile)",
        r"(zipfile\.ZipFile|tarfile\.(open|TarFile))\(\)\.(extract|extractall)",
        r"(shelve\.open|urllib\.request\.urlretrieve)",
        r"logging\.(FileHandler|handlers\.\w*File\w*)",
        r"(openpyxl\.(Workbook|load_workbook)|PIL\.Image\.\w+|docx\.Document)\(\)\.save",
        r"cv2\.imwrite",
    ),
    "environment": (
        r"os\.(getenv|getenvb|putenv|unsetenv)",
        r"os\.path\.expandvars",
        r"(dotenv\.(load_dotenv|dotenv_values)|decouple\.config|environs\.Env.*|environ\.Env.*)",
    ),
    "database": (
        r"(sqlite3|aiosqlite|apsw|duckdb|dbm(\.\w+)?)\.(connect|Connection|open)\b.*",
        r"(psycopg|psycopg2|psycopg_pool|asyncpg|pymysql|MySQLdb|mysql|mariadb|cx_Oracle|oracledb|pyodbc)\.\w+\b.*",
        r"(sqlalchemy|sqlmodel|peewee|tortoise|databases|dataset|records)\.(create_engine|create_async_engine|"
        r"Database|connect|Tortoise|Session|\w*Database)\b.*",
        r"(pymongo|motor|mongoengine|redis|aioredis|elasticsearch|opensearchpy|cassandra|neo4j|influxdb\w*|"
        r"clickhouse_\w+|couchdb|happybase|snowflake|pymssql|ibm_db)\.\w+\b.*",
    ),
    "crypto": (
        r"cryptography\.(fernet|hazmat|x509)\.(?!exceptions).*",
        r"(Cryptodome|nacl|rsa|ecdsa|jose|jwcrypto|gnupg|pgpy|OpenSSL|M2Crypto|oscrypto|pyaes|tink|age)\.\w+\b.*",
        r"jwt\.(encode|decode|PyJWT|JWT)\b.*",
        r"hmac\.(new|digest|HMAC)",
        r"ssl\..*\.load_cert_chain",
        r"(eth_account|eth_keys|web3|solders|solana|bip_utils|bip32utils|mnemonic|bitcoin|bit|coincurve)\.\w+\b.*",
        r"itsdangerous\.\w+\b.*",
    ),
    "system-command": (
        r"subprocess\.(run|call|check_call|check_output|Popen|getoutput|getstatusoutput)",
        r"os\.(system|popen\d?|startfile|fork|forkpty|kill|killpg|posix_spawnp?)",
        r"os\.(exec|spawn)[lv]p?e?",
        r"pty\.(spawn|fork)",
        r"asyncio\.create_subprocess_(exec|shell)",
        r".*\.subprocess_(exec|shell)",
        r"ctypes\.(CDLL|PyDLL|WinDLL|OleDLL|cdll|windll|oledll|pydll|util\.find_library)\b.*",
        r"cffi\.FFI\(\)\.dlopen",
        r"(pexpect|plumbum|sh|invoke|sarge|delegator|winpty|ptyprocess)\.\w+\b.*",
        r"commands\.(getoutput|getstatusoutput)",
        r"(win32api\.(ShellExecute|WinExec)|win32process\.\w+|psutil\.Popen)",
    ),
    "user-data": (
        r"pathlib\.(Path|PosixPath|WindowsPath)\.home",
        r"getpass\.(getpass|getuser)",
        r"os\.getlogin",
        r"pwd\.\w+",
        r"keyring\.\w+\b.*",
        r"(browser_cookie3|rookiepy|browsercookie|pycookiecheat)\.\w+",
        r"(pyperclip\.\w+|win32clipboard\.\w+|clipboard\.\w+|.*\.clipboard_get)",
        r"(PIL\.ImageGrab\.\w+|pyautogui\.\w+|mss\..*|pyscreenshot\.\w+)",
        r"(pynput|keyboard|mouse)\.\w+\b.*",
        r"win32crypt\.\w+",
        r"(winreg|_winreg)\.(OpenKey\w*|QueryValue\w*|EnumKey|EnumValue|ConnectRegistry)",
        r"(sounddevice|pyaudio|cv2\.VideoCapture)\b.*",
        r"platformdirs\.user_(documents|downloads|pictures|videos|music|desktop)_\w+",
    ),
    "admin": (
        r"os\.(setuid|seteuid|setreuid|setresuid|setgid|setegid|setregid|setresgid|setgroups|initgroups)",
        r"os\.(chown|lchown|fchown|chroot|mount|umount|reboot|pivot_root|unshare|setns|sched_setscheduler)",
        r"shutil\.chown",
        r"(winreg|_winreg)\.(SetValue\w*|CreateKey\w*|DeleteKey\w*|DeleteValue)",
        r"ctypes\.windll\.shell32\.(IsUserAnAdmin|ShellExecute\w*)",
        r"ctypes\.windll\.advapi32\.\w+",
        r"(crontab|dbus|systemd)\.\w+\b.*",
        r"psutil\.(Process\(\)\.)?(kill|terminate)",
    ),
}  # fmt: skip

_PATTERNS = {kind: re.compile("|".join(patterns)) for kind, patterns in _CALLS.items()}


@lru_cache(maxsize=50_000)
def kinds_of(name: str) -> frozenset[str]:
    """The permissions that calling ``name`` needs; usually none."""
    return frozenset(kind for kind, pattern in _PATTERNS.items() if pattern.fullmatch(name))
