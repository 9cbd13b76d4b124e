"""The pages that the simulator shows to a person: HTML only, what a click does is elsewhere.

They must never be taken for UPS's own: no logo, none of UPS's colours, and a banner that stays in
sight. They need neither JavaScript nor anything from another address.
"""

from html import escape

USERNAME = "demo"
PASSWORD = "demo"  # shown on the page itself
CREDENTIALS = f"This is a simulator. User name: {USERNAME}, password: {PASSWORD}"

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f3f0fa; color: #1d1733; font: 1.05rem/1.5 system-ui, sans-serif; }
.banner { position: sticky; top: 0; z-index: 1; padding: .75rem 1rem; text-align: center;
  font-weight: 700; color: #fff; background: #6a1b9a; border-bottom: 6px dashed #d6b4ef; }
main { width: calc(100% - 1.5rem); max-width: 32rem; margin: 1.5rem auto; padding: 1.5rem;
  background: #fff; border: 2px dashed #6a1b9a; border-radius: .5rem; }
h1 { margin: 0 0 .25rem; font-size: 1.5rem; line-height: 1.25; overflow-wrap: anywhere; }
.step { margin: 0 0 1rem; color: #5b5470; }
.hint { margin: 1rem 0; padding: .5rem .75rem; background: #f3f0fa; border-radius: .25rem; }
.error { margin: 1rem 0; padding: .5rem .75rem; color: #8c0d25; background: #fdecef;
  border: 1px solid #8c0d25; border-radius: .25rem; }
label { display: block; font-weight: 600; }
.check { display: flex; gap: .6rem; align-items: flex-start; font-weight: 400; margin: 1rem 0; }
.check input { flex: none; width: 1.3rem; height: 1.3rem; margin: .15rem 0 0; }
.text { display: block; width: 100%; margin: .25rem 0 1rem; padding: .6rem; font: inherit;
  border: 1px solid #6d6685; border-radius: .25rem; }
.buttons { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem; }
button { flex: 1 1 8rem; min-height: 2.75rem; padding: .5rem 1rem; font: inherit; font-weight: 600;
  border: 2px solid #6a1b9a; border-radius: .25rem; color: #6a1b9a; background: #fff;
  cursor: pointer; }
button.primary { color: #fff; background: #6a1b9a; }
:focus-visible { outline: 3px solid #0b57d0; outline-offset: 2px; }
"""

PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<link rel="icon" href="data:,">
<title>{title} - simulator</title>
<style>{style}</style>
</head>
<body>
<header class="banner">
Simulator &mdash; not UPS. Nothing you type here leaves this machine.
</header>
<main>
<h1>{title}</h1>
{content}
</main>
</body>
</html>
"""

FORM = """<p class="step">{step}</p>
{error}{hint}<form method="post" novalidate>
{fields}
<div class="buttons">
<button class="primary" type="submit" name="action" value="{value}">{label}</button>
<button type="submit" name="action" value="cancel">Cancel</button>
</div>
</form>"""

# What UPS's agreement says that the application gets to see.
SHARED = ("Shipping account numbers", "Contact information", "Rates", "Package tracking")


def username_page(app: str, username: str = "", error: str = "") -> str:
    """The first step: who is it, and the agreement box."""
    fields = f"""<label for="username">User name</label>
<input class="text" id="username" name="username" value="{escape(username)}" autocomplete="off"
 autocapitalize="none" spellcheck="false" autofocus{_described(error)}>
<label class="check" for="agreement"><input type="checkbox" id="agreement" name="agreement"
 value="yes"{_described(error)}><span>I agree to the (simulated) technology agreement, and that
 {escape(app)} may act for this account.</span></label>"""
    step = "Step 1 of 3: user name and agreement"
    return _form("Sign in to the UPS simulator", step, fields, "continue", "Continue", error)


def password_page(username: str, error: str = "") -> str:
    """The second step."""
    fields = f"""<p>User name: <strong>{escape(username)}</strong></p>
<label for="password">Password</label>
<input class="text" id="password" name="password" type="password" autocomplete="off"
 autofocus{_described(error)}>"""
    return _form("Password", "Step 2 of 3: password", fields, "continue", "Log in", error)


def consent_page(app: str, redirect_uri: str, error: str = "") -> str:
    """The last step: what is shared, with whom, and where the browser goes next."""
    items = "\n".join(f"<li>{escape(item)}</li>" for item in SHARED)
    fields = f"""<p><strong>{escape(app)}</strong> asks for access to:</p>
<ul>
{items}
</ul>
<p>Afterwards your browser returns to
 <strong style="overflow-wrap:anywhere">{escape(redirect_uri)}</strong></p>"""
    return _form(f"Allow {app}?", "Step 3 of 3: consent", fields, "allow", "Allow", error)


def ended_page() -> str:
    """What a used, unknown or too old sign-in shows."""
    content = "<p>This sign-in has ended, or never began. Start again from your application.</p>"
    return PAGE.format(title="This sign-in has ended", style=STYLE, content=content)


def home_page() -> str:
    """For a person who opens the simulator's address by itself."""
    content = (
        "<p>Applications that are told to use this address talk to it instead of UPS."
        " There is nothing to do here: start from your application.</p>"
    )
    return PAGE.format(title="A stand-in for UPS", style=STYLE, content=content)


def _form(title: str, step: str, fields: str, value: str, label: str, error: str = "") -> str:
    alert = f'<p class="error" id="error" role="alert">{escape(error)}</p>\n' if error else ""
    hint = "" if value == "allow" else f'<p class="hint">{CREDENTIALS}</p>\n'
    words = {"step": step, "fields": fields, "value": value, "label": label}
    content = FORM.format(error=alert, hint=hint, **words)
    return PAGE.format(title=escape(title), style=STYLE, content=content)


def _described(error: str) -> str:
    """Let a screen reader read the sentence together with the field."""
    return ' aria-describedby="error"' if error else ""
