/** The window over a till in memory, to look at in a browser: `npm run dev`, /tests/browser.html. */
import { mount } from "svelte";
import Window from "../src/Window.svelte";
import "../src/look/window.css";
import { MemoryTill } from "./memory";

const till = new MemoryTill();
Object.assign(globalThis, { till });
const target = document.getElementById("window");
if (target) mount(Window, { target, props: { api: till.api } });
