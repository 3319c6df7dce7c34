"""Asks the app's own download worker, in the browser, as the model library does.

The worker speaks comlink's protocol; four lines of it are enough for methods without callbacks.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import FrameLocator

ASSETS = Path(__file__).parents[2] / "components/webllm_chat/frontend/dist/assets"

CALL = """async (_, [script, method, args]) => {
    const worker = new Worker(new URL(script, document.baseURI), { type: 'module' });
    const answer = new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = (event) => reject(new Error(event.message));
    });
    // Whatever is asked of a callback goes to a port that nobody listens to.
    const nobody = new MessageChannel();
    const ports = [];
    const argumentList = args.map((value) => {
        if (value !== 'callback') return { type: 'RAW', value };
        ports.push(nobody.port2);
        return { type: 'HANDLER', name: 'proxy', value: nobody.port2 };
    });
    worker.postMessage({ id: '1', type: 'APPLY', path: [method], argumentList }, ports);
    const { type, name, value } = await answer;
    worker.terminate();
    if (type === 'HANDLER' && name === 'throw') throw new Error(JSON.stringify(value));
    return value;
}"""


def ask_download_service(component: FrameLocator, method: str, *arguments: object) -> Any:
    """Calls a method of `DownloadService`; the string 'callback' stands for a callback."""
    (script,) = ASSETS.glob("download.worker-*.js")
    return component.locator("html").evaluate(CALL, [f"assets/{script.name}", method, [*arguments]])
