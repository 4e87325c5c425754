import { mount } from "svelte";
import { tauri } from "./api/tauri";
import Window from "./Window.svelte";
import "./look/window.css";

const target = document.getElementById("window");
if (target) mount(Window, { target, props: { api: tauri } });
