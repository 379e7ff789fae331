function names(text: string): ReadonlySet<string> {
  return new Set(text.split(' '));
}

/** Pseudo-classes of a document that nobody touches: these never match. */
export const neverMatching = names(
  'active active-view-transition autofill -webkit-autofill buffering current focus focus-visible focus-within fullscreen -webkit-full-screen -webkit-full-screen-ancestor -webkit-full-page-media future host hover modal muted past paused picture-in-picture playing popover-open seeking stalled target target-current user-invalid user-valid visited volume-locked xr-overlay -webkit-drag',
);

/** Pseudo-classes that the matcher decides. */
export const decidedPseudoClasses = names(
  'any-link -webkit-any-link checked defined disabled empty enabled first-child first-of-type invalid last-child last-of-type link only-child only-of-type open optional placeholder-shown read-only read-write required root scope valid',
);

/** Pseudo-classes that Chromium knows and that are not decided here. */
export const undecidedPseudoClasses = names('default in-range indeterminate out-of-range target-before target-after');

/** Pseudo-elements with one colon, as CSS 2 had them. */
export const legacyPseudoElements = names('after before first-letter first-line');

/** Pseudo-elements that Chromium knows; it also takes any that begins with `-webkit-`. */
export const pseudoElements = names(
  'after backdrop before checkmark column cue details-content file-selector-button first-letter first-line grammar-error highlight marker part picker picker-icon placeholder scroll-button scroll-marker scroll-marker-group search-text selection slotted spelling-error target-text view-transition view-transition-group view-transition-image-pair view-transition-new view-transition-old',
);
