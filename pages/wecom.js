/* SPDX-License-Identifier: Apache-2.0 */
/*
 * window.WeCom = { login, session, logout }: lets a page sign its visitor in without leaving it.
 * What is promised stands in docs/popup.md; nothing else here is for anybody's use.
 *
 * The window that signs in tells its end by postMessage. It is lost to us when a page in it, or
 * ours, wants a browsing context group of its own (Cross-Origin-Opener-Policy); then a
 * BroadcastChannel tells, where both are of one origin, and at last the session itself.
 */
(function () {
    "use strict";

    if (!document.currentScript) {
        throw new Error("wecom.js is loaded by a <script src> of its own, not as a module");
    }
    const base = new URL(".", document.currentScript.src).href.slice(0, -1);
    const baseOrigin = new URL(base).origin;
    const isOwnSite = location.origin === baseOrigin;

    const TYPE = "wecom-login";
    const WIDTH = 585;
    const HEIGHT = 649;
    const WATCH = 250;                  /* ms between two looks at the window */
    const ASK = 2000;                   /* ms between two questions for the session */
    const LAST = 500;                   /* ms between a closed window and the last question */
    const EARLY = 1000;                 /* ms in which no person closes a window */
    const PATIENCE = 10000;             /* ms that a visitor who has come back waits at most */
    const LIMIT = 10 * 60 * 1000;       /* ms: the server forgets a login then */

    /* Browsers inside other programs: they open no second window, or one without a way back. */
    const IN_APP = new RegExp("wxwork|MicroMessenger|DingTalk|Lark|Feishu|\\bQQ/|MQQBrowser|" +
                              "MiuiBrowser|QtWebEngine|; wv\\)|" +
                              "(iPhone|iPad|iPod)(?!.*(Safari|CriOS|FxiOS|EdgiOS))", "i");

    let current = null;                 /* the login whose window is open */

    function isObject(value) {
        return typeof value === "object" && value !== null;
    }

    /* Throws a TypeError for what is no option of login(). */
    function checked(options) {
        const wish = options === undefined ? {} : options;
        const right = {
            source: (value) => typeof value === "string" && /^[a-z0-9-]{1,31}$/.test(value),
            popup: (value) => typeof value === "boolean",
            target: (value) => typeof value === "string" && /^\/(?![/\\])/.test(value),
            lang: (value) => typeof value === "string" && /^[A-Za-z]{2,3}(-[A-Za-z0-9]+)*$/
                .test(value),
            signal: (value) => isObject(value) && typeof value.addEventListener === "function"
        };

        if (!isObject(wish)) {
            throw new TypeError("WeCom.login: the options are an object");
        }
        Object.keys(wish).forEach((name) => {
            if (!Object.prototype.hasOwnProperty.call(right, name)) {
                throw new TypeError("WeCom.login: no option is called " + name);
            }
            if (wish[name] !== undefined && !right[name](wish[name])) {
                throw new TypeError("WeCom.login: this is no " + name + ": " + String(wish[name]));
            }
        });
        return wish;
    }

    function randomName() {
        return Array.from(crypto.getRandomValues(new Uint8Array(16)),
                          (byte) => ("0" + byte.toString(16)).slice(-2)).join("");
    }

    function loginUrl(wish, first) {
        const query = new URLSearchParams(first);

        if (wish.source !== undefined) {
            query.set("source", wish.source);
        }
        if (wish.lang !== undefined) {
            query.set("lang", wish.lang);
        }
        return base + "/login?" + query.toString();
    }

    function popupUrl(wish, nonce) {
        return loginUrl(wish, { display: "popup", origin: location.origin, nonce: nonce });
    }

    /* In the middle of the screen that this page is on. */
    function openWindow(url, name) {
        const width = Math.min(WIDTH, screen.availWidth);
        const height = Math.min(HEIGHT, screen.availHeight);
        const left = (screen.availLeft || 0) + Math.round((screen.availWidth - width) / 2);
        const top = (screen.availTop || 0) + Math.round((screen.availHeight - height) / 2);

        return window.open(url, name, "popup=yes,scrollbars=yes,resizable=yes,width=" + width +
                           ",height=" + height + ",left=" + left + ",top=" + top);
    }

    /* This page goes, and with it whoever waits for the promise. */
    function redirect(wish) {
        const here = location.pathname + location.search;
        const target = wish.target !== undefined ? wish.target : here;

        location.assign(isOwnSite ? loginUrl(wish, { "return": target })
                                  : popupUrl(wish, randomName()));
        return new Promise(() => {});
    }

    /* One login is told from the next by when it was. */
    function sameSession(one, other) {
        return one === other || (one !== null && other !== null && one.source === other.source &&
                                 one.userid === other.userid && one.issued === other.issued);
    }

    /* Waits for the end of one login: { promise, finish(ok, id), source, popup }. */
    function follow(popup, nonce, before, wish) {
        const started = Date.now();
        const login = { popup: popup, source: wish.source };
        let channel = null;
        let watching = null;
        let asking = null;
        let gone = false;               /* the window looks closed */
        let back = 0;                   /* since when the visitor has been here again */
        let settle = null;

        function abort() {
            popup.close();
            login.finish(false, "cancelled");
        }

        function heard(data) {
            if (isObject(data) && data.type === TYPE && typeof data.ok === "boolean" &&
                    typeof data.id === "string") {
                login.finish(data.ok, data.id);
            }
        }

        function onMessage(event) {
            /* Whoever holds our window can write to it: both must fit, origin and window. */
            if (event.origin === baseOrigin && event.source === popup) {
                heard(event.data);
            }
        }

        function onChannel(event) {
            /* Every page of this site hears the channel; the nonce says whose login it was. */
            if (isObject(event.data) && event.data.nonce === nonce) {
                heard(event.data);
            }
        }

        /* Resolves when it is known whether there is a new session; never rejects. */
        function ask() {
            return Promise.all([before, session()]).then((known) => {
                if (known[1] !== null && !sameSession(known[0], known[1])) {
                    popup.close();
                    login.finish(true, "");
                }
            }).catch(() => {});
        }

        function askAgain() {
            if (Date.now() - started < LIMIT) {
                asking = setTimeout(() => ask().then(() => settle && askAgain()), ASK);
            }
        }

        function lastQuestion() {
            clearInterval(watching);
            setTimeout(() => ask().then(() => login.finish(false, "closed")), LAST);
        }

        /*
         * A window that is lost looks closed as well. Who closes a window is back on this page in
         * the same moment, and not within the first second; every other end is taken for lost, and
         * the questions go on until the visitor has been here for a while.
         */
        function watch() {
            const now = Date.now();
            const isHere = document.hasFocus() && document.visibilityState === "visible";

            if (!popup.closed) {
                return;
            }
            if (!gone) {
                gone = true;
                if (isHere && now - started > EARLY) {
                    lastQuestion();
                    return;
                }
            }
            if (now - started > LIMIT) {
                login.finish(false, "timeout");
            } else if (!isHere) {
                back = 0;
            } else if (back === 0) {
                back = now;
            } else if (now - back > PATIENCE) {
                lastQuestion();
            }
        }

        login.finish = function (ok, id) {
            if (settle === null) {
                return;
            }
            window.removeEventListener("message", onMessage);
            if (channel !== null) {
                channel.close();
            }
            if (wish.signal !== undefined) {
                wish.signal.removeEventListener("abort", abort);
            }
            clearInterval(watching);
            clearTimeout(asking);
            if (current === login) {
                current = null;
            }
            settle({ ok: ok, id: id });
            settle = null;
        };
        login.promise = new Promise((resolve) => {
            settle = resolve;
        });
        window.addEventListener("message", onMessage);
        if (isOwnSite && typeof BroadcastChannel === "function") {
            channel = new BroadcastChannel(TYPE);
            channel.onmessage = onChannel;
        }
        if (wish.signal !== undefined) {
            wish.signal.addEventListener("abort", abort);
        }
        watching = setInterval(watch, WATCH);
        askAgain();
        return login;
    }

    function start(wish) {
        const nonce = randomName();
        let before = null;
        let popup = null;

        if (wish.signal !== undefined && wish.signal.aborted) {
            return Promise.resolve({ ok: false, id: "cancelled" });
        }
        if (current !== null) {
            if (current.source === wish.source && !current.popup.closed) {
                current.popup.focus();
                return current.promise;
            }
            current.popup.close();
            current.finish(false, "replaced");
        }
        if (wish.popup === false || IN_APP.test(navigator.userAgent)) {
            return redirect(wish);
        }
        /* Asked first, so that it is answered before the window can have changed it. */
        before = session();
        before.catch(() => {});     /* unknown, and so nothing can be told from the questions */
        popup = openWindow(popupUrl(wish, nonce), TYPE + "-" + nonce);
        if (!popup || popup.closed) {
            return redirect(wish);
        }
        current = follow(popup, nonce, before, wish);
        return current.promise;
    }

    function login(options) {
        try {
            return start(checked(options));
        } catch (error) {
            return Promise.reject(error);
        }
    }

    function session() {
        return fetch(base + "/session", { credentials: "include", cache: "no-store" })
            .then((answer) => {
                if (answer.status === 401) {
                    return null;
                }
                if (answer.status !== 200) {
                    throw new Error("WeCom.session: status " + answer.status);
                }
                return answer.json();
            });
    }

    function logout() {
        return session().then((known) => {
            if (known === null) {
                return { ok: true };
            }
            /* The page that answers is nobody's to read. */
            return fetch(base + "/logout", {
                method: "POST",
                mode: "no-cors",
                credentials: "include",
                body: new URLSearchParams({ token: known.logout })
            }).then(session).then((left) => ({ ok: left === null }));
        });
    }

    window.WeCom = Object.freeze({ login: login, session: session, logout: logout });
}());
