// Counts down what carries data-seconds: a button is locked until then and says how long (data-wait), any other element shows
// minutes and seconds, a <progress> its value. Without script the seconds stand in the page as text.
'use strict';
(() => {
	const ends = new WeakMap();
	const words = new WeakMap();

	const clock = (left) => (left < 60 ? `${left} 秒` : `${Math.floor(left / 60)} 分 ${left % 60} 秒`);

	function show(element, left) {
		if (element instanceof HTMLButtonElement) {
			element.disabled = left > 0;
			element.textContent = left > 0 ? `${left} ${element.dataset.wait}` : words.get(element);
		} else if (element instanceof HTMLProgressElement) {
			element.value = left;
		} else {
			element.textContent = clock(left);
		}
	}

	function tick() {
		const now = performance.now();
		for (const element of document.querySelectorAll('[data-seconds]')) {
			if (!ends.has(element)) {
				ends.set(element, now + Number(element.dataset.seconds) * 1000);
				words.set(element, element.textContent);
			}
			show(element, Math.max(0, Math.ceil((ends.get(element) - now) / 1000)));
		}
	}

	tick();
	setInterval(tick, 1000);
	// What htmx has just put in place counts at once.
	document.addEventListener('htmx:load', tick);
})();
