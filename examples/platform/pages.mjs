// The platform's pages: a frame, the front page, one document, an error.
import { html, textOf } from './html.mjs';

const when = new Intl.DateTimeFormat('sv-SE', { dateStyle: 'short', timeStyle: 'medium', timeZone: 'Asia/Shanghai' });
const day = (date) => when.format(date).slice(0, 10);
function sizes(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1 << 20 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / (1 << 20)).toFixed(1)} MB`;
}
// An org's certificate names the org twice; it is said once.
const orgOf = ({ subject }) => subject.organization !== subject.commonName && subject.organization;
const csrf = (session) => html`<input type="hidden" name="csrf" value="${session.csrf}">`;

function frame({ config, session, title, back }, body) {
  return textOf(html`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="renderer" content="webkit">
<meta name="color-scheme" content="light dark">
<title>${title} · ${config.name}</title>
<link rel="icon" href="/mark.svg" type="image/svg+xml">
<link rel="stylesheet" href="/style.css">
</head>
<body>
<a class="skip" href="#main">跳到正文</a>
<header><div class="wide"><a class="brand" href="/"><img src="/mark.svg" width="32" height="32" alt="">${config.name}</a>
${session?.person && html`<form class="who" method="post" action="/logout">${csrf(session)}<span>${session.person.name}</span><button class="quiet">退出</button></form>`}</div></header>
<main id="main" class="wide">
${back && html`<p class="back"><a href="/">‹ 返回首页</a></p>`}
<h1>${title}</h1>
${session?.notice && html`<p class="notice ${session.notice.state}" role="status">${session.notice.text}</p>`}
${body}
</main>
<footer><div class="wide">示例程序，不是真实的交易平台。签名由<a href="${config.issuer}">印信</a>提供，本平台拿不到证书密码，也拿不到私钥。</div></footer>
</body>
</html>
`);
}

// ---- front page

const steps = html`<ol class="steps">
<li><b>扫码登录</b><span>在手机上选定以后签字用的证书</span></li>
<li><b>上传文件</b><span>任意格式，不超过 20 MB</span></li>
<li><b>扫码签字</b><span>一次批准，得到 P-256 和 SM2 两份签名</span></li>
<li><b>下载核验</b><span>签名和证书都交给您，任何人都能验证</span></li>
</ol>`;

function signInPage({ config, session }) {
  return frame({ config, session, title: '让每一份投标文件都可验证' }, html`
<section class="card lead"><p>用您自己的数字证书签署文件。没有您的手机和证书密码，谁也用不了它；送到印信的只有文件的摘要。</p>
<form method="post" action="/login">${csrf(session)}<button class="main">用印信扫码登录</button></form></section>
${steps}`);
}

const documentRow = (document) => html`<li><a href="/documents/${document.id}"><b>${document.name}</b><span>${sizes(document.size)} · ${when.format(document.stored)}</span></a>
<span class="state ${document.signed ? 'ok' : 'wait'}">${document.signed ? (document.seal ? '已盖章' : '已签字') : '未签字'}</span></li>`;

function uploadPage({ config, session }) {
  const [leaf] = session.credentials.p256.chain;
  const documents = [...session.documents.values()].reverse();
  return frame({ config, session, title: '签署文件' }, html`
<div class="two"><section class="card"><h2>上传并签署</h2>
<form method="post" action="/documents" enctype="multipart/form-data">${csrf(session)}
<label class="field" for="file">文件</label><input id="file" type="file" name="file" required aria-describedby="file-h">
<p class="hint" id="file-h">任意格式，不超过 20 MB。只有文件的摘要会送到印信。</p>
<label class="check"><input type="checkbox" name="seal" value="1"><span>盖公章<small>单位的电子公章，由印信在手机上显示图样</small></span></label>
<button class="main">扫码签署</button></form></section>
<section class="card"><h2>签字用的证书</h2><dl>
<dt>名称</dt><dd>${leaf.subject.commonName}</dd>
${orgOf(leaf) && html`<dt>单位</dt><dd>${orgOf(leaf)}</dd>`}
<dt>签发者</dt><dd>${leaf.issuer.commonName}</dd>
<dt>有效期</dt><dd>${day(leaf.from)} 至 ${day(leaf.to)}</dd></dl>
<p class="hint">登录时选定。要换证书，请退出后重新登录。</p></section></div>
<section class="card"><h2>本次登录的文件</h2>${documents.length ? html`<ul class="rows">${documents.map(documentRow)}</ul>` :
    html`<p class="hint">还没有文件。上传后即可扫码签署。</p>`}</section>`);
}

export const homePage = (view) => (view.session.person ? uploadPage(view) : signInPage(view));

// ---- one document

const check = (good, words) => html`<li class="${good ? 'ok' : 'bad'}"><b>${good ? '✓' : '✗'}</b>${good ? words : `${words}：没有通过`}</li>`;
const download = (document, which, words) => html`<a class="button" href="/documents/${document.id}/files/${which}">${words}</a>`;

function certificateList([leaf]) {
  return html`<dl><dt>签名人</dt><dd>${leaf.subject.commonName}</dd>
${orgOf(leaf) && html`<dt>单位</dt><dd>${orgOf(leaf)}</dd>`}
<dt>序列号</dt><dd><code>${leaf.serial}</code></dd><dt>有效期</dt><dd>${day(leaf.from)} 至 ${day(leaf.to)}</dd></dl>`;
}

// For a shell: a file's name is whatever its sender wished.
const quoted = (name) => `'${name.replaceAll("'", "'\\''")}'`;

const commandsOf = ({ name }) => html`<details><summary>自己核验</summary><p class="hint">下载后用 OpenSSL 3 核验。根证书 root-p256.pem 和 root-sm2.pem 向印信的运营者索取，不要用随签名来的。</p>
<pre>openssl cms -verify -binary -inform DER -in ${quoted(`${name}.p7s`)} -content ${quoted(name)} \\
  -CAfile root-p256.pem -purpose any -out /dev/null
awk '/BEGIN/ { n++ } n == 2' ${quoted(`${name}.sm2.pem`)} > sm2-issuing.pem
openssl verify -vfyopt distid:1234567812345678 -CAfile root-sm2.pem sm2-issuing.pem
openssl verify -vfyopt distid:1234567812345678 -partial_chain -trusted sm2-issuing.pem ${quoted(`${name}.sm2.pem`)}
openssl x509 -in ${quoted(`${name}.sm2.pem`)} -pubkey -noout > sm2.pub
openssl dgst -sm3 -verify sm2.pub -sigopt distid:1234567812345678 \\
  -signature ${quoted(`${name}.sm2.sig`)} ${quoted(name)}</pre></details>`;

function signedParts({ document, checks }) {
  const { p256, sm2 } = document.credentials;
  return html`<div class="two"><section class="card"><h2>P-256 · CMS 签名</h2><ul class="checks" data-check="cms">
${check(checks.cms.signature, '签名与文件相符')}${check(checks.cms.chain, '证书链到受信任的根证书')}</ul>${certificateList(p256.chain)}
<p class="buttons">${download(document, 'cms', '下载 CMS（.p7s）')}</p></section>
<section class="card"><h2>SM2 · 国密签名</h2><ul class="checks" data-check="sm2">
${check(checks.sm2.signature, '签名与文件相符')}${check(checks.sm2.chain, '证书链到受信任的根证书')}</ul>${certificateList(sm2.chain)}
<p class="buttons">${download(document, 'sm2', '下载签名（DER）')}${download(document, 'certificates', '下载证书链（PEM）')}</p></section></div>
${commandsOf(document)}`;
}

const unsignedParts = ({ document, session }) => html`<section class="card lead"><p>这份文件还没有签署。可以重新发起，文件不必再次上传。</p>
<form method="post" action="/documents/${document.id}/sign">${csrf(session)}<button class="main">扫码签署</button></form></section>`;

export function documentPage(view) {
  const { document } = view;
  return frame({ ...view, title: document.name, back: true }, html`
<section class="card"><dl><dt>大小</dt><dd>${sizes(document.size)}</dd><dt>上传</dt><dd>${when.format(document.stored)}（北京时间）</dd>
${document.signed && html`<dt>签署</dt><dd>${when.format(document.signed)}（北京时间）</dd>`}
<dt>方式</dt><dd>${document.seal ? '签字并盖公章' : '签字'}</dd><dt>SHA-256</dt><dd><code>${document.sha256.toString('hex')}</code></dd></dl>
<p class="buttons">${download(document, 'original', '下载原文')}</p></section>
${document.signed ? signedParts(view) : unsignedParts(view)}`);
}

export function errorPage(view, { title, text }) {
  return frame({ ...view, title, back: true }, html`<section class="card lead"><p>${text}</p></section>`);
}
