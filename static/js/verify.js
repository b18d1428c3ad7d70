// The browser computes the hash of the chosen file itself and sends only that. Without crypto.subtle (a page
// without HTTPS), or when something fails, the form sends the file as it would without this script.
(() => {
  const form = document.querySelector("form[data-verify]");
  const { file: input, sha256: typed } = form.elements;
  if (!window.crypto?.subtle || !window.fetch) return;

  async function hash(file) {
    const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
    return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  // JSON that was only indented has another hash; the server knows its canonical form.
  async function isJson(file) {
    return /^\uFEFF?\s*\{/.test(await file.slice(0, 1000).text());
  }

  async function ask(sha256) {
    const body = new FormData();
    body.set("sha256", sha256);
    const response = await fetch(form.action, { method: "POST", body, credentials: "same-origin" });
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  function show(answer) {
    const place = document.getElementById("answer");
    place.replaceChildren(...answer.childNodes);
    place.focus();
  }

  function refuse(words) {
    const notice = document.createElement("div");
    notice.className = "notice notice-bad";
    notice.textContent = words;
    const answer = document.createElement("div");
    answer.append(notice);
    show(answer);
  }

  const busy = (is) => {
    form.querySelector("button").disabled = is;
    form.toggleAttribute("aria-busy", is);
  };

  async function verify(file) {
    const page = await ask(await hash(file));
    const answer = page.getElementById("answer");
    if (!answer) throw new Error("no answer");
    if (!answer.querySelector("[data-known]") && (await isJson(file))) return form.submit();
    show(answer);
    return busy(false);
  }

  form.addEventListener("submit", (event) => {
    const [file] = input.files;
    if (!file || !file.size) return;
    event.preventDefault();
    if (file.size > Number(form.dataset.limit)) return void refuse(form.dataset.tooLarge);
    busy(true);
    typed.value = "";
    verify(file).catch(() => form.submit());
  });
})();
