// what bootstrap and jQuery did: links that open a hidden part, and the filter of failed expectations
for (const link of document.querySelectorAll('a[data-toggle="collapse"]')) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById(link.getAttribute("href").slice(1)).classList.toggle("open");
  });
}
for (const passed of document.querySelectorAll(".hide-succeeded-validation-target-child")) {
  passed.parentElement.classList.add("passed");
}
document.getElementById("failed-only")?.addEventListener("change", (event) => {
  document.body.classList.toggle("failed-only", event.target.checked);
});
