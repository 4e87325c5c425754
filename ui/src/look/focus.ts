/** Puts the focus where typing goes next, once it is on the screen. */
import type { Attachment } from "svelte/attachments";

export const takeFocus: Attachment<HTMLElement> = (element) => {
  element.focus();
};
