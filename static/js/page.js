// What every page does where there is script: an open menu closes by Esc, by a press beside it and when the focus leaves it; what a
// field was told after the last sending goes once it is changed; and where the browser takes autofocus for form controls
// only, the list of what is wrong has the focus all the same. After a refusal Back and reload lead to the form.
'use strict';
(() => {
	const open_menus = () => document.querySelectorAll('details.yx-menu[open]');

	function close_but(target) {
		for (const menu of open_menus())
			if (!menu.contains(target))
				menu.open = false;
	}

	document.addEventListener('keydown', (event) => {
		if (event.key !== 'Escape')
			return;
		for (const menu of open_menus()) {
			if (menu.contains(document.activeElement))
				menu.querySelector('summary').focus();
			menu.open = false;
		}
	});
	document.addEventListener('pointerdown', (event) => close_but(event.target));
	document.addEventListener('focusin', (event) => close_but(event.target));

	// The message stands at the field or at the group of fields whose id it bears.
	function forget_fault(event) {
		const holder = event.target.closest('[aria-invalid="true"]');
		if (!holder)
			return;
		holder.removeAttribute('aria-invalid');
		holder.classList.remove('is-invalid');
		const message = document.getElementById(`${holder.id}-e`);
		if (message)
			message.hidden = true;
	}
	document.addEventListener('input', forget_fault);

	// A refused form is the answer to a POST: under that address a browser would ask whether to send it again, and then show
	// nothing. It takes the address of the page that it was sent from, which shows the form anew.
	if (document.querySelector('[role="alert"][autofocus]') && document.referrer.startsWith(`${location.origin}/`))
		history.replaceState(null, '', document.referrer);

	const wanted = document.querySelector('[autofocus]');
	if (wanted && document.activeElement === document.body)
		wanted.focus();
})();
