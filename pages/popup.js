/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a login in a window of its own: tells the page that opened it.
 * <main data-origin="https://app.example" data-ok="true" data-id="WC0200" data-nonce="...">. The
 * message is { type: "wecom-login", ok, id } and goes to that one origin; it never holds who has
 * signed in. After a success the window closes. A refusal stays to be read, and is told when the
 * visitor leaves it, unless it is by a link of the page: then the login goes on.
 */
(function () {
    "use strict";

    const told = document.querySelector("main").dataset;
    const message = { type: "wecom-login", ok: told.ok === "true", id: told.id || "" };
    let goesOn = false;

    function tell() {
        if (window.opener && told.origin) {
            try {
                window.opener.postMessage(message, told.origin);
            } catch (error) { /* no origin: nobody is told */ }
        }
        /* The opener may be lost to us; pages of this very site can still be told. */
        if (told.origin === location.origin && told.nonce
                && typeof BroadcastChannel === "function") {
            const channel = new BroadcastChannel("wecom-login");

            channel.postMessage(Object.assign({ nonce: told.nonce }, message));
            channel.close();
        }
    }

    if (message.ok) {
        tell();
        /* A window that no script has opened stays; the page has a link for that. */
        window.close();
        return;
    }
    document.addEventListener("click", (event) => {
        goesOn = goesOn || event.target.closest("a[href], button") !== null;
    });
    window.addEventListener("pagehide", () => {
        if (!goesOn) {
            tell();
        }
    });
}());
