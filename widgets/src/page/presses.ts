// While a reply streams, what stands below it moves. A button that moves away between the pointer's way down and up
// gets no click from the browser; it is pressed all the same, if the pointer has stayed where it was.

const NEAR = 4; // CSS pixels that a hand moves in a press

export function keepPresses(root: HTMLElement, signal: AbortSignal): void {
  const pressed = (down: PointerEvent) => {
    const button = (down.target as Element).closest("button");
    if (!button || down.button !== 0) return;
    const over = new AbortController();
    const options = { capture: true, signal: over.signal };
    const released = (up: PointerEvent) => {
      over.abort();
      const stayed = Math.hypot(up.clientX - down.clientX, up.clientY - down.clientY) < NEAR;
      if (stayed && button.isConnected && !button.contains(up.target as Node)) button.click();
    };
    window.addEventListener("pointerup", released, options);
    window.addEventListener("pointercancel", () => over.abort(), options); // a drag has begun, or scrolling
  };
  root.addEventListener("pointerdown", pressed, { signal });
}
