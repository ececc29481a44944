/* SPDX-License-Identifier: Apache-2.0 */
/* A form that is kept in this tab while its member signs in again. On the page that says so the
 * box comes with the page (data-box) and is put by; on the page after the login it is taken out,
 * once, and brought back to be asked about. Where the storage refuses, the page goes on saying
 * what it says without any script. */
(function () {
    "use strict";
    var main = document.querySelector("main");
    var told = main.dataset;
    var prefix = "wecom-form-";

    function say(text) {
        main.querySelector("p").textContent = text;
    }

    function keep() {
        Object.keys(sessionStorage).forEach(function (key) {
            if (key.indexOf(prefix) === 0) {
                sessionStorage.removeItem(key);
            }
        });
        sessionStorage.setItem(prefix + told.state, told.box);
        say(told.kept);
    }

    function bring() {
        var box = sessionStorage.getItem(prefix + told.state);
        var form = document.createElement("form");

        sessionStorage.removeItem(prefix + told.state);
        if (!box) {
            return;
        }
        form.method = "post";
        form.action = told.action;
        form.hidden = true;
        [["p", told.state], ["return", told.back], ["box", box]].forEach(function (pair) {
            var input = document.createElement("input");

            input.type = "hidden";
            input.name = pair[0];
            input.value = pair[1];
            form.append(input);
        });
        document.body.append(form);
        form.submit();
    }

    try {
        if (told.box) {
            keep();
        } else {
            bring();
        }
    } catch (refused) {
        main.dataset.refused = refused.name;
    }
}());
