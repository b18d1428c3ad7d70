// Small comforts for every page; nothing here is needed for the page to work.
document.documentElement.classList.add("js");
