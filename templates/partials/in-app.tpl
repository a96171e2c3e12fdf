{{%AUTOESCAPE context="HTML"}}
{{! Over the ticket and the install page in WeChat and DingTalk, as IN_APP: bound 0 or 1 times. OPEN_URL: absolute URL of this
    page, to copy. }}
<section class="yx-inapp" aria-labelledby="in-app-t"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#box-arrow-in-right"></use></svg><h2 id="in-app-t">请在浏览器中打开</h2><p>微信和钉钉里的页面用不了本机的证书。点右上角“…”，选“在浏览器中打开”；或复制下面的链接，到装有证书的浏览器里打开。这个链接一直有效，直到请求失效。</p><p class="yx-ref">{{OPEN_URL}}</p></section>
