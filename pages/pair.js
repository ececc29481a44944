/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A phone's browser waits until its visitor has said yes in WeCom.
 *
 * <main data-poll="..." data-go="...">: data-poll answers { state, next }, where state is
 * "waiting", "seen", "done" (on to data-go) or "ended" (on to next); it is written to data-state.
 * <button data-copy="ADDRESS" data-copied="Copied" hidden>: copies; shown by this script alone.
 */
(function () {
    "use strict";

    const EVERY = 1500;
    const AFTER_TROUBLE = 5000;
    const ANSWER = 8000;
    const LIMIT = 3 * 60 * 1000;

    const main = document.querySelector("main");
    const started = Date.now();
    let timer = null;
    let pause = EVERY;
    let busy = false;
    let over = false;

    /* An address of ours, or nothing. */
    function own(address) {
        const url = typeof address === "string" ? new URL(address, location.href) : null;

        return url !== null && url.origin === location.origin ? url.href : null;
    }

    function leave(address) {
        over = true;
        location.replace(address || main.dataset.go);
    }

    function judge(answer) {
        pause = EVERY;
        main.dataset.state = answer.state;
        if (answer.state === "done") {
            leave(main.dataset.go);
        } else if (answer.state === "ended") {
            leave(own(answer.next));
        }
    }

    function plan() {
        clearTimeout(timer);
        if (!over && document.visibilityState === "visible" && Date.now() - started < LIMIT) {
            timer = setTimeout(ask, pause);
        }
    }

    function ask() {
        if (over || busy) {
            return;
        }
        busy = true;
        const request = new AbortController();
        const late = setTimeout(() => request.abort(), ANSWER);

        fetch(main.dataset.poll, { credentials: "same-origin", cache: "no-store",
                                   signal: request.signal })
            .then((answer) => {
                if (!answer.ok) {
                    throw new Error("status " + answer.status);
                }
                return answer.json();
            })
            .then(judge)
            .catch(() => {
                pause = Math.min(pause * 2, AFTER_TROUBLE);
            })
            .then(() => {
                clearTimeout(late);
                busy = false;
                plan();
            });
    }

    /* Back from WeCom: a phone has stopped all clocks meanwhile. Asked even after the limit. */
    function wake(event) {
        if (event.persisted) {
            over = false;
        }
        if (document.visibilityState === "visible") {
            ask();
        }
    }

    /* --- the button that copies --- */

    function copyBySelection(text) {
        const field = document.createElement("textarea");
        let done = false;

        field.value = text;
        field.readOnly = true;
        field.style.position = "fixed";
        field.style.opacity = "0";
        document.body.appendChild(field);
        field.select();
        field.setSelectionRange(0, text.length);
        try {
            done = document.execCommand("copy");
        } catch (error) { /* told below */ }
        document.body.removeChild(field);
        return done;
    }

    function copy(text) {
        if (!navigator.clipboard) {
            return Promise.resolve(copyBySelection(text));
        }
        return navigator.clipboard.writeText(text).then(() => true, () => copyBySelection(text));
    }

    function bind(button) {
        const status = document.createElement("p");

        status.className = "quiet";
        status.setAttribute("role", "status");
        button.insertAdjacentElement("afterend", status);
        button.hidden = false;
        button.addEventListener("click", () => {
            copy(button.dataset.copy).then((done) => {
                /* Where nothing copies, the address is there to be copied by hand. */
                status.textContent = done ? button.dataset.copied : button.dataset.copy;
                button.focus();
            });
        });
    }

    Array.from(document.querySelectorAll("[data-copy]")).forEach(bind);
    if (main.dataset.poll) {
        document.addEventListener("visibilitychange", wake);
        window.addEventListener("pageshow", wake);
        window.addEventListener("focus", wake);
        ask();
    }
}());
