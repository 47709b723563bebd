//! What is wrong in the cells of a matrix.

#[derive(Default)]
pub(crate) struct Report {
    cells: usize,
    faults: Vec<String>,
}

impl Report {
    pub(crate) fn add(&mut self, cell: &str, checked: Result<(), String>) {
        self.cells += 1;
        self.faults.extend(checked.err().map(|fault| format!("{cell}: {fault}")));
    }

    /// Prints the number of all cells, and fails if any of them has a fault.
    pub(crate) fn assert(reports: impl IntoIterator<Item = Self>) {
        let (mut cells, mut faults) = (0, Vec::new());
        for report in reports {
            cells += report.cells;
            faults.extend(report.faults);
        }
        println!("{cells} cells");
        assert!(faults.is_empty(), "{} of {cells} cells:\n{}", faults.len(), faults.join("\n"));
    }
}
