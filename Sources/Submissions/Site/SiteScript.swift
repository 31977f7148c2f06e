/// The filters of a benchmark's page. Without it, everything is shown and no filter is.
///
/// It is written without `<` and `>`, so that no reader of markup can mistake where it ends.
enum SiteScript {
    static let filters = """

        (function () {
          'use strict';
          var form = document.querySelector('form.filters');
          if (!form) { return; }
          var choices = Array.prototype.slice.call(form.querySelectorAll('select'));
          var said = form.querySelector('output');
          function fits(entry) {
            return choices.every(function (choice) { return choice.value === '' || entry.getAttribute('data-' + choice.name) === choice.value; });
          }
          function each(within, selector, act) { Array.prototype.forEach.call(within.querySelectorAll(selector), act); }
          function apply() {
            var all = new Set(), shown = new Set();
            each(document, '[data-entry]', function (entry) {
              var isShown = fits(entry);
              entry.classList.toggle('away', !isShown);
              all.add(entry.getAttribute('data-entry'));
              if (isShown) { shown.add(entry.getAttribute('data-entry')); }
            });
            each(document, '.board', function (board) { board.classList.toggle('emptied', !board.querySelector('tr[data-entry]:not(.away)')); });
            said.textContent = 'Shown: ' + (shown.size === all.size ? 'all ' : shown.size + ' of ') + all.size + (all.size === 1 ? ' entry.' : ' entries.');
          }
          form.addEventListener('change', apply);
          form.addEventListener('reset', function () { setTimeout(apply, 0); });
          form.addEventListener('submit', function (event) { event.preventDefault(); });
          form.hidden = false;
          apply();
        })();

        """
}
