{{%AUTOESCAPE context="HTML"}}
{{! GET /scan (SCAN-2). Layout base, SUB_PAGE, BACK /home, AT_HOME, BOTTOM. PAGE_TITLE 扫一扫. No values of its own. The Permissions-Policy of this page must
    allow camera=(self). Only links that begin with this origin and BASE/s/ are followed. }}
<div class="yx-narrow" data-scan="{{BASE}}/s/">
<h1 class="yx-desk mb-3">扫一扫</h1>
<div class="yx-cam"><video muted playsinline aria-label="相机画面"></video><button class="btn btn-outline-secondary" type="button" data-start><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#camera"></use></svg>打开相机</button></div>
<div role="status" class="mt-3"><p class="yx-2" data-say="looking" hidden>把二维码放进框里。</p><p class="yx-note" data-say="denied" hidden>浏览器不允许使用相机。请在地址栏的权限设置里允许相机，再点“打开相机”；或选一张拍好的图片。</p><p class="yx-note" data-say="no-camera" hidden>这个浏览器用不了相机。请选一张拍好的图片，或用手机的扫码工具打开。</p><p class="yx-note" data-say="nothing" hidden>图片里没有找到二维码。请拍清楚、拍完整再试。</p><p class="yx-note" data-say="foreign" hidden>这不是本站的二维码，没有打开。请在交易平台的页面上找印信的二维码。</p></div>
<div class="d-grid mt-3"><label class="btn btn-outline-secondary" for="file"><svg class="yx-i" aria-hidden="true"><use href="{{BASE}}/static/icons.svg?v={{STATIC_VERSION}}#image"></use></svg>从图片识别</label><input class="visually-hidden" type="file" id="file" accept="image/*"></div>
<p class="yx-s yx-3 mt-3">图片只在本设备上识别，不会上传。也可以用手机自带的扫码工具，直接打开交易平台上的二维码。</p>
<noscript><p class="yx-note">这个浏览器关闭了脚本，不能在页面里扫码。请用手机自带的扫码工具打开交易平台上的二维码。</p></noscript>
</div>
<script src="{{BASE}}/static/jsQR.js?v={{STATIC_VERSION}}" defer></script>
<script src="{{BASE}}/static/scan.js?v={{STATIC_VERSION}}" defer></script>
