// Texts in three languages: the one chosen as the original opens and says so. Works without this script.
"use strict";
for (const texts of document.querySelectorAll("[data-texts]")) {
  const choice = texts.querySelector("select[name=original]");
  const show = () => {
    for (const language of texts.querySelectorAll("details[data-language]")) {
      const isOriginal = language.dataset.language === choice.value;
      language.toggleAttribute("data-original", isOriginal);
      if (isOriginal) language.open = true;
    }
  };
  choice.addEventListener("change", show);
  show();
}
