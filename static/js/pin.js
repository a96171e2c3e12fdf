// Says while typing why a certificate password will be refused (PIN-1); the server checks all of it again. The sentences
// stand in the page: [data-rule] elements, shown when their rule is broken. data-own of the form holds the digits of the
// person's own numbers, if the program gives them.
'use strict';
(() => {
	const form = document.querySelector('form[data-pin]');
	const first = form.elements.pin;
	const again = form.elements.again;
	const own = (form.dataset.own || '').toLowerCase().split(' ').filter(Boolean);
	const typed = new Set();
	let pressed = false; // a line that appeared now would push away the button under the finger, and its click be lost

	const steps = (text) => [...text].slice(1).map((c, i) => c.codePointAt(0) - [...text][i].codePointAt(0));
	const all = (list, step) => list.length > 0 && list.every((s) => s === step);
	const broken = {
		length: (pin) => [...pin].length < 8 || [...pin].length > 64,
		same: (pin) => all(steps(pin), 0),
		run: (pin) => all(steps(pin), 1) || all(steps(pin), -1),
		own: (pin) => own.some((number) => number.includes(pin.toLowerCase())),
	};

	function check() {
		const pin = first.value;
		for (const line of form.querySelectorAll('[data-rule]')) {
			const rule = line.dataset.rule;
			// A password in the making is always too short: that is said once the field was left.
			const due = rule === 'length' ? typed.has(first) : [...pin].length >= 4;
			line.hidden = rule === 'match'
				? !(typed.has(again) && again.value !== pin)
				: !(pin && due && broken[rule](pin));
		}
	}

	for (const field of [first, again]) {
		field.addEventListener('input', check);
		field.addEventListener('blur', () => {
			typed.add(field);
			if (!pressed)
				check();
		});
	}
	document.addEventListener('pointerdown', () => { pressed = true; }, true);
	for (const end of ['pointerup', 'pointercancel']) {
		document.addEventListener(end, () => {
			pressed = false;
			setTimeout(check, 0);
		}, true);
	}
})();
