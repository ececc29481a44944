/* SPDX-License-Identifier: Apache-2.0 */
/*
 * WeCom's own login panel in our page, made by @wecom/jssdk (window.ww), which stands in a script
 * element before this one. Where that is blocked nothing happens, and the button stands.
 * <main data-panel='{"login_type": ..., "appid": ..., "redirect_uri": ..., "state": ...}'>,
 * <div id="panel" hidden data-title="...">, and .b.first, the button that steps back.
 */
(function () {
    "use strict";

    const MIDDLE = 480;                 /* px: the two widths that WeCom's panel comes in */
    const SMALL = 320;

    const place = document.getElementById("panel");
    const first = document.querySelector("main .b.first");

    function fill() {
        const width = place.clientWidth;
        const own = {
            redirect_type: "top",
            color_scheme: "auto",
            lang: /^zh/.test(document.documentElement.lang) ? "zh" : "en",
            panel_size: width < MIDDLE ? "small" : "middle"
        };

        if (width < SMALL) {
            return false;
        }
        const panel = window.ww.createWWLoginPanel({
            el: place,
            params: Object.assign(own, JSON.parse(document.querySelector("main").dataset.panel))
        });

        panel.el.title = place.dataset.title || document.title;
        return true;
    }

    function show() {
        place.hidden = false;           /* else it has no width */
        try {
            return fill();
        } catch (error) {
            return false;
        }
    }

    if (!place || !window.ww || !window.ww.createWWLoginPanel) {
        return;
    }
    if (show()) {
        if (first) {
            first.classList.remove("first");
        }
    } else {
        place.textContent = "";
        place.hidden = true;
    }
}());
