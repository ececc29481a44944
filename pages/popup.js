/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a login in a window of its own: tells the page that opened it, and closes.
 * <main data-origin="https://app.example" data-ok="true" data-id="" data-nonce="...">. The message
 * is { type: "wecom-login", ok, id } and goes to that one origin; it never holds who has signed in.
 */
(function () {
    "use strict";

    const told = document.querySelector("main").dataset;
    const message = { type: "wecom-login", ok: told.ok === "true", id: told.id || "" };

    if (window.opener && told.origin) {
        try {
            window.opener.postMessage(message, told.origin);
        } catch (error) { /* no origin: nobody is told */ }
    }
    /* The opener may be lost to us; pages of this very site can still be told. */
    if (told.origin === location.origin && told.nonce && typeof BroadcastChannel === "function") {
        const channel = new BroadcastChannel("wecom-login");

        channel.postMessage(Object.assign({ nonce: told.nonce }, message));
        channel.close();
    }
    /* A window that no script has opened stays; the page has a link for that. */
    window.close();
}());
