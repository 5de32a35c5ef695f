mod cycles;
mod envelope;
mod listing;
