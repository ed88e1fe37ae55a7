// What needs no server: drawers, theme, small forms, copying, focus and scrolling. Nothing here fetches anything.
(() => {
  "use strict";
  const root = document.documentElement;
  const phone = window.matchMedia("(max-width: 760px)");
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const remembered = (key) => { try { return localStorage.getItem(`coach.${key}`); } catch { return null; } };
  const remember = (key, value) => { try { localStorage.setItem(`coach.${key}`, value); } catch { /* private mode */ } };
  let returnTo = null;

  const applyTheme = () => {
    root.dataset.theme = remembered("theme") || (dark.matches ? "dark" : "light");
  };
  applyTheme();
  dark.addEventListener("change", applyTheme);
  root.dataset.note = remembered("note") || "";
  root.dataset.shelf = phone.matches ? "closed" : remembered("shelf") || "open";
  root.dataset.evidence = "closed";
  phone.addEventListener("change", () => { root.dataset.shelf = phone.matches ? "closed" : remembered("shelf") || "open"; });

  // A region drawn by the server reports what was pressed in it through Gradio's own events.
  window.coachRegion = (element, trigger) => {
    element.addEventListener("click", (event) => {
      const pressed = event.target.closest("[data-event]");
      if (!pressed || pressed.tagName === "FORM" || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      if (pressed.matches("[data-n]")) openEvidence(pressed);
      if (pressed.matches("#shelf a") && phone.matches) setShelf("closed", false);
      trigger(pressed.dataset.event, { ...pressed.dataset });
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target;
      trigger(form.dataset.event, { ...form.dataset, ...Object.fromEntries(new FormData(form)) });
      form.hidden = !form.matches(".rename");
    });
  };

  const setShelf = (state, keep = true) => {
    root.dataset.shelf = state;
    if (keep && !phone.matches) remember("shelf", state);
    document.querySelector("[data-toggle=shelf]")?.setAttribute("aria-expanded", String(state === "open"));
    if (state === "open" && phone.matches) document.querySelector("#new-conversation")?.focus();
  };

  const markCurrent = (pressed) => {
    document.querySelectorAll("#scroll .current").forEach((other) => other.classList.remove("current"));
    pressed?.classList.add("current");
  };
  const openEvidence = (pressed) => {
    returnTo = pressed;
    markCurrent(pressed);
    root.dataset.evidence = "open";
    document.querySelector("#evidence")?.scrollTo(0, 0);
    requestAnimationFrame(focusEvidence);
  };
  const focusEvidence = () => document.querySelector("#evidence [tabindex='-1']")?.focus({ preventScroll: true });
  const closeEvidence = () => {
    if (root.dataset.evidence !== "open") return false;
    root.dataset.evidence = "closed";
    markCurrent(null);
    if (returnTo?.isConnected) returnTo.focus({ preventScroll: true });
    return true;
  };

  const openPart = (button) => {
    const name = button.dataset.open;
    const host = button.closest(name === "manage" || name === "confirm" ? "li" : ".exchange");
    const part = host?.querySelector(`.${name}`);
    if (!part) return;
    part.hidden = name === "manage" ? !part.hidden : false;
    if (button.hasAttribute("aria-expanded")) button.setAttribute("aria-expanded", String(!part.hidden));
    if (part.hidden) return;
    const first = part.querySelector("input, textarea, button");
    first?.focus({ preventScroll: true });
    if (first?.matches("textarea, input:not([type=radio])")) first.select();
    part.scrollIntoView({ block: "nearest", behavior: "smooth" });
  };
  const closePart = (name, from) => {
    if (name === "evidence") return closeEvidence();
    if (name === "note") { remember("note", "seen"); root.dataset.note = "seen"; return focusQuestion(); }
    const part = from.closest(`.${name}`);
    part.hidden = true;
    part.parentElement.closest(".exchange, li, .manage")?.querySelector(`[data-open="${name}"]`)?.focus();
    return true;
  };
  const focusQuestion = () => document.querySelector("#question textarea")?.focus({ preventScroll: true });

  // What was asked leaves the field once it is on disk; what has been typed since stays.
  const clearQuestion = (asked) => {
    const field = document.querySelector("#question textarea");
    const typed = field.value.trimStart();
    if (!typed.startsWith(asked)) return;
    field.value = asked.length < 8000 ? typed.slice(asked.length).trimStart() : "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  // Gradio reads the field a moment after the key, so an empty question must not get that far.
  const stopEmpty = (event) => {
    const field = document.querySelector("#question textarea");
    const sends = event.type === "click" ? event.target.closest?.("#send") : event.key === "Enter" && event.target === field;
    if (!sends || event.shiftKey || field.value.trim()) return;
    event.preventDefault();
    event.stopPropagation();
    field.focus();
  };
  window.addEventListener("click", stopEmpty, true);
  for (const kind of ["keydown", "keypress", "keyup"]) window.addEventListener(kind, stopEmpty, true);

  const copy = async (button) => {
    const words = button.querySelector("[data-done]");
    try {
      await navigator.clipboard.writeText(button.dataset.copy);
    } catch {
      const area = Object.assign(document.createElement("textarea"), { value: button.dataset.copy });
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
      button.focus();
    }
    const before = words.textContent;
    words.textContent = words.dataset.done;
    setTimeout(() => { words.textContent = before; }, 1600);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-toggle], [data-open], [data-close], [data-copy], #backdrop");
    if (!button) return;
    if (button.id === "backdrop") { closeEvidence(); setShelf("closed", false); }
    else if (button.dataset.toggle === "shelf") setShelf(root.dataset.shelf === "open" ? "closed" : "open");
    else if (button.dataset.toggle === "theme") { remember("theme", root.dataset.theme === "dark" ? "light" : "dark"); applyTheme(); }
    else if (button.dataset.open) openPart(button);
    else if (button.dataset.close) closePart(button.dataset.close, button);
    else if (button.dataset.copy !== undefined) copy(button);
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest("#new-conversation") && phone.matches) setShelf("closed", false);
    if (event.target.closest(".skip")) { event.preventDefault(); focusQuestion(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const part = event.target.closest?.(".confirm, .manage, .rating, .edit");
    if (part) closePart(["confirm", "manage", "rating", "edit"].find((name) => part.classList.contains(name)), event.target);
    else if (!closeEvidence() && phone.matches && root.dataset.shelf === "open") {
      setShelf("closed", false);
      document.querySelector("[data-toggle=shelf]")?.focus();
    }
  });

  // Keep the address on the open conversation, bring the newest question to the top, put the focus where it belongs.
  let conversation = null;
  let running = "";
  let touched = false;
  const place = (exactly) => {
    const last = document.querySelector("#latest .exchange");
    const scroll = document.querySelector("#scroll");
    if (!last) { if (exactly) scroll.scrollTop = 0; return; }
    const top = last.getBoundingClientRect().top - scroll.getBoundingClientRect().top + scroll.scrollTop;
    const wanted = Math.min(scroll.scrollHeight - scroll.clientHeight, top);
    if (exactly || wanted > scroll.scrollTop) scroll.scrollTop = wanted;
  };
  const follow = () => {
    const talk = document.querySelector("#earlier .talk");
    if (!talk) return;
    const now = document.querySelector("#latest [data-state=running]");
    const other = talk.dataset.conversation !== conversation;
    if (other) {
      conversation = talk.dataset.conversation;
      const address = new URL(location.href);
      if (conversation) address.searchParams.set("c", conversation); else address.searchParams.delete("c");
      history.replaceState(null, "", address);
    }
    if (now && running !== now.dataset.exchange) {
      running = now.dataset.exchange;
      touched = false;
      root.dataset.evidence = "closed";
      clearQuestion(now.querySelector(".asked").textContent.trim());
      place(true);
    } else if (now) {
      if (!touched) place(false);
    } else if (running) {
      running = "";
      if (!touched) place(false);
      if (document.activeElement === document.body && !phone.matches) focusQuestion();
    } else if (other) {
      root.dataset.evidence = "closed";
      place(true);
      if (!phone.matches && !document.activeElement?.closest("#shelf")) focusQuestion();
    }
  };
  // Whoever scrolls while an answer arrives is left where they went.
  for (const kind of ["wheel", "touchmove", "pointerdown"]) {
    document.addEventListener(kind, (event) => { if (event.target.closest?.("#scroll")) touched = true; }, { passive: true });
  }

  const start = () => {
    new MutationObserver((changes) => {
      follow();
      if (changes.some((change) => change.target.closest?.("#evidence"))) {
        if (root.dataset.evidence === "open" && !document.activeElement?.closest("#evidence")) focusEvidence();
      }
    }).observe(document.body, { childList: true, subtree: true, characterData: true });
  };
  if (document.body) start(); else document.addEventListener("DOMContentLoaded", start);
})();
