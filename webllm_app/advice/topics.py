"""The guide: what people run into, how they notice, what helps; and tools to look further."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """One kind of trouble, in Markdown sentences."""

    title: str
    symptoms: tuple[str, ...]
    solutions: tuple[str, ...]


@dataclass(frozen=True)
class Tool:
    """Something of the browser's that shows more, and where its makers describe it."""

    name: str
    use: str
    source: str


TOPICS: tuple[Topic, ...] = (
    Topic(
        title="WebGPU is not available",
        symptoms=(
            "The chat says that the model runs on the CPU, and answers come slowly.",
            "The check 'WebGPU' or 'GPU' above failed.",
        ),
        solutions=(
            "Open the page over HTTPS, or as `http://localhost`: elsewhere browsers hide WebGPU.",
            "Use a browser that has it: Chrome or Edge from 113 (Android: Chrome from 121), "
            "Safari from 26, Firefox from 141 on Windows and from 145 on Macs with Apple silicon.",
            "Switch on hardware acceleration. Chrome and Edge: `chrome://settings/system`, 'Use "
            "graphics acceleration when available'. Firefox: Settings, General, Performance, 'Use "
            "hardware acceleration when available'. Restart the browser afterwards.",
            "Update the GPU's driver and the browser, and restart the computer.",
            "Where Firefox has it switched off: `about:config`, set `dom.webgpu.enabled` to true.",
            "Nothing helps? Go on chatting: the model this app brings along answers on the CPU.",
        ),
    ),
    Topic(
        title="A model fails to load",
        symptoms=(
            "The bar stops, or the chat says that another model answers.",
            "The same model fails on every visit.",
        ),
        solutions=(
            "Choose a smaller model.",
            "Choose a shorter context window (1024 instead of 4096 tokens), or a model whose name "
            "ends in `-1k`.",
            "Close other programs and tabs that use the GPU: games, video, other AI pages.",
            "Reload the page. A download goes on where it stopped.",
            "If the same file fails again and again, delete the model on the model status page: it "
            "is fetched anew.",
            "Press 'Check the network too' above: it tells whether the model's host can be "
            "reached from this page.",
        ),
    ),
    Topic(
        title="Out of memory",
        symptoms=(
            "Messages that hold 'Out of memory', 'Device was lost' or `mapAsync`.",
            "The tab reloads by itself while a model loads; on phones without any message.",
        ),
        solutions=(
            "Choose a smaller model, or a shorter context window.",
            "Choose stronger quantization: builds named `q4f16_1` need less than `q4f32_1`, and "
            "those less than `q0f16` and `q0f32`.",
            "Keep one model loaded: leave upgrades off, and close other tabs of this app.",
            "Press 'Measure the memory' above: it tells how much the GPU really gives.",
        ),
    ),
    Topic(
        title="You cannot type in the chat's input",
        symptoms=(
            "The input is grey, or what you type does not appear.",
            "The page does not react for seconds.",
        ),
        solutions=(
            "Look at the line above the chat: while a model loads you can type, and your question "
            "is answered as soon as it is ready.",
            "Where sign-in is required, sign in first.",
            "Press 'Reset GPU and try again' where an error is shown.",
            "Reload the page. What you typed and your conversations stay in this browser.",
            "Close other tabs that use the GPU, and choose a smaller model: a GPU that is busy "
            "makes the whole browser slow.",
            "Look for errors in the developer tools' console (F12), and send the report above.",
        ),
    ),
)

FURTHER: tuple[Tool, ...] = (
    Tool(
        name="`chrome://gpu` (Edge: `edge://gpu`)",
        use="What the browser does on the GPU: the line 'WebGPU' under 'Graphics Feature Status', "
        "the reasons under 'Problems Detected', the driver's version.",
        source="https://developer.chrome.com/docs/web-platform/webgpu/troubleshooting-tips",
    ),
    Tool(
        name="`about:support` in Firefox",
        use="The section 'Graphics': the GPU, its driver, and what is blocked and why.",
        source="https://support.mozilla.org/en-US/kb/use-troubleshooting-information-page-fix-firefox",
    ),
    Tool(
        name="Developer tools (F12), Console",
        use="Errors and warnings of the page and of WebGPU, in the frame 'webllm_chat'.",
        source="https://developer.chrome.com/docs/devtools/console",
    ),
    Tool(
        name="Developer tools, Memory",
        use="Memory of JavaScript. What a model takes on the GPU is not in it: the browser's own "
        "task manager (Chrome: menu, More tools, Task manager, column 'GPU memory') shows that.",
        source="https://developer.chrome.com/docs/devtools/memory-problems",
    ),
    Tool(
        name="Developer tools, Application",
        use="What is stored: Cache storage `webllm/…` holds the models, IndexedDB the "
        "conversations. It has no panel for WebGPU, whatever older guides say; the extension "
        "'WebGPU Inspector' adds one.",
        source="https://github.com/brendan-duncan/webgpu_inspector",
    ),
)
