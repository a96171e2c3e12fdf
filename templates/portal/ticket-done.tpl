{{%AUTOESCAPE context="HTML"}}
{{! The end of a scan on the claimer's side: GET /tickets/:ticket once it is decided. Layout base, SUB_PAGE, BACK /home, AT_HOME, BOTTOM. PAGE_TITLE 扫码结果.
    PLATFORM_NAME.  One of: APPROVED (WHAT: 4 份文件已盖章 | 4 份文件已签字 | 已登录; RECORDED: section, RECORD: id), REFUSED, WRONG_NUMBER, EXPIRED, UNCOLLECTED (approved, but nobody came for it), CANCELLED (by the asking browser).
    HERE or AWAY: section inside APPROVED; HERE: approved in the asking browser itself: TICKET (id), it goes on to the platform. }}
<h1 class="yx-desk mb-3">扫码结果</h1>
<div class="card yx-narrow"><div class="yx-empty">
{{#APPROVED}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#check-circle"></use></svg><h2>{{WHAT}}</h2><p>{{PLATFORM_NAME}}{{#HERE}}在等您回去。{{/HERE}}{{#AWAY}}那边的页面会自动继续，您可以关闭此页。{{/AWAY}}</p><div class="yx-acts">{{#HERE}}<a class="btn btn-primary" href="{{BASE}}/collect/{{TICKET}}">回到{{PLATFORM_NAME}}</a>{{/HERE}}{{#RECORDED}}<a class="btn btn-outline-secondary" href="{{BASE}}/records/{{RECORD}}">查看记录和回执</a>{{/RECORDED}}</div>{{/APPROVED}}
{{#REFUSED}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#x-circle-fill"></use></svg><h2>已拒绝</h2><p>什么都没有签，{{PLATFORM_NAME}}会看到您拒绝了这个请求。</p><p>不是您发起的？到“登录和设备”看看有没有不认识的登录。</p><div class="yx-acts"><a class="btn btn-outline-secondary" href="{{BASE}}/me/sessions">查看登录和设备</a></div>{{/REFUSED}}
{{#WRONG_NUMBER}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#x-circle-fill"></use></svg><h2>数字不对，请求已作废</h2><p>什么都没有签。请回到{{PLATFORM_NAME}}重新发起，并对照屏幕上的数字。</p><p>屏幕不在您面前？那可能是别人发起的请求，请不要再批准。</p>{{/WRONG_NUMBER}}
{{#EXPIRED}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#clock"></use></svg><h2>请求已过期</h2><p>10 分钟内没有批准，什么都没有发生。需要时请在{{PLATFORM_NAME}}重新发起。</p>{{/EXPIRED}}
{{#UNCOLLECTED}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#clock"></use></svg><h2>批准后没有取走</h2><p>您批准了，但发起的那个浏览器没有及时回来，结果已作废，{{PLATFORM_NAME}}什么都没有收到。需要时请在平台重新发起。</p>{{/UNCOLLECTED}}
{{#CANCELLED}}<svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#x-circle-fill"></use></svg><h2>请求已取消</h2><p>发起的那个浏览器取消了它，什么都没有签。</p>{{/CANCELLED}}
</div></div>
