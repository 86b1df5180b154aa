"""Ideas that orders to an agent are made of, each as a pattern: who, what, to which end."""

from __future__ import annotations

NOT = (
    r"\b(do not|don't|dont|never|must not|mustn't|should not|shouldn't|cannot|avoid|without|not)\b"
)
TELLS = (
    r"\b(tell|inform|notif|mention|reveal|disclos|alert|warn|report|explain|admit|acknowledg|"
    r"discuss|"
    r"bring (it |this |that |them )?up|talk|speak|refer to|surfac|let on)"
)
REPLY = r"\b(answer|reply|response|summary|report|conversation|chat|output|message)\b"
RESULT = (
    r"\b(result|response|output|answer|page|content|text|reply|document|returned|return value|"
    r"issue|"
    r"message|file|e-?mail|data|tool)s?\b"
)
STEPS = (
    r"\b(instruction|direction|step|command|order|action|task|request|"
    r"directive|guidance|prompt|rule)s?\b"
)
DOES = (
    r"\b(carry out|follow|execut|perform|obey|act (up)?on|comply with|run|implement|do)"
    r"(s|e|es|ing)?\b"
)
OTHERS = (
    r"\b(any|all|every|other|others|another|alternatives?|competing|similar|built-?in|native|"
    r"default)\b"
)
OFFER = r"\b(this|it)( (tool|function|one|server|service|action))?\b"
CHOOSES = (
    r"\b(use|prefer|choose|select|pick|call|invoke|trust|favou?r|consider|rank|prioriti[sz]e)\b"
)
SNAKE = r"[`\"']?\b[a-z]\w*_\w+\b[`\"']?"
OTHER_TOOL = (
    rf"({SNAKE}|\b(the|a|an|any|every|each|other|another)\s+([\w-]+\s+){{0,2}}"
    r"(tool|function|server)s?\b)"
)
PARAMETER = (
    r"(\b(parameter|argument|field|input|property)\b|`\w+`|'\w+'|\"\w+\"|\bas \w+\b|"
    r"\bin \w+$|\bin the \w+$)"
)
GIVES = (
    r"\b(put|place|include|insert|supply|supplied|provide|give|given|pass|attach|send|fill|write|"
    r"copy|"
    r"paste|set|add|hold|contain|store|carry|need|require|expect|hand|forward|share|append|must "
    r"be)\w*"
)
TALK = (
    r"((\b(whole|entire|full|complete|all( of)?( the)?|last|previous|earlier|prior|recent|past)\b"
    r"[^.]{0,25}\b(conversation|chat|dialog(ue)?|messages|history|prompts?|exchange|tool (calls|"
    r"results|"
    r"outputs))\b)|\beverything (that )?the (user|human|person)\b|\bsystem prompt\b|"
    r"\b(results|outputs?) of (the )?(previous|earlier|other|all) [\w ]{0,12}(calls?|tools?|"
    r"functions?)\b|"
    r"\blist of (all )?(the )?(available |other )?tools\b|\b(hidden|developer|initial|original) "
    r"(prompt|instructions|message)\b|\b(keys|credentials|passwords|tokens|secrets) (that )?"
    r"(you (know|have|saw|remember)|(in|from) (earlier|previous|the conversation|memory)))"
)
PRIVATE = (
    r"(~/?\.(ssh|aws|config|cursor|gnupg|kube|docker|netrc|npmrc|pypirc|env)\b|\bid_(rsa|ed25519|"
    r"ecdsa)\b|"
    r"\.aws/credentials|\bmcp\.json|claude_desktop_config|/etc/(passwd|shadow)|\.bash_history|"
    r"\b(ssh|private|signing) keys?\b|\bseed phrase|\.env\b|\b(all|your|current|the values of( "
    r"all)?( "
    r"the)?) environment variables|\bkeychain\b|\bbrowser (cookies|passwords|history)\b|"
    r"\b(tokens?|credentials|passwords?|secrets|api keys?) (stored|saved|kept|found|that are|of "
    r"the user)|"
    r"\b(the )?user'?s? (passwords?|credentials|tokens?|private files?|api keys?)\b|"
    r"\bpasswords? in (earlier|previous)\b)"
)
EMAIL = r"[\w.+-]+@[\w-]+(\.[\w-]+)+"
TARGET = rf"({EMAIL}|https?://[^\s)\"'>]+|(?<![\w&])#[a-z][\w-]{{2,}}|\+\d{{9,}})"
RULES_OF = (
    r"\b(rules?|restrictions?|instructions?|guidelines?|safety (checks?|rules?|filters?|measures)|"
    r"safeguards?|guardrails?|limits|limitations|policies)\b"
)
LIFTED = (
    r"\b(suspended|lifted|switched off|turned off|off|disabled|waived|no longer (apply|valid|"
    r"bind\w*|in "
    r"force)|(do|does) not apply|don't apply|end here|void|superseded|overridden|obsolete|"
    r"deactivated)\b"
)
