# SPDX-License-Identifier: Apache-2.0
"""An application behind mod_proxy: it answers with what it was asked, as JSON."""
import http.server
import json
import threading


class _Answer(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _tell(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length).decode("utf-8", "replace")
        # http.client reads header bytes as Latin-1.
        headers = [(name, value.encode("latin-1").decode("utf-8", "backslashreplace"))
                   for name, value in self.headers.items()]
        text = json.dumps({"method": self.command, "path": self.path, "headers": headers,
                           "body": body}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_HEAD = _tell     # names that http.server looks for

    def log_message(self, format, *args):       # pylint: disable=redefined-builtin
        pass


class Backend:
    def __init__(self):
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Answer)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def stop(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
