//! Records in the order in which they were added, also found by their keys. A server with many
//! logins takes no longer than a new one, because nothing searches through all of them.

use std::collections::{BTreeMap, HashMap};

/// A record that is found by texts: its ids, names and secrets.
pub(crate) trait Keyed {
    /// The texts that it is found by. They must not change while it is stored.
    fn keys(&self) -> Vec<&str>;
}

/// Records of one kind.
pub(crate) struct Records<T> {
    by_number: BTreeMap<u64, T>,
    /// The numbers of the records with a key, ascending. Never iterated, because its order is not
    /// the same for the same seed.
    numbers: HashMap<String, Vec<u64>>,
    added: u64,
}

impl<T> Default for Records<T> {
    fn default() -> Self {
        Self { by_number: BTreeMap::new(), numbers: HashMap::new(), added: 0 }
    }
}

impl<T: Keyed> Records<T> {
    /// Adds a record as the last one.
    pub(crate) fn push(&mut self, record: T) {
        self.added += 1;
        for key in record.keys() {
            let numbers = self.numbers.entry(key.to_owned()).or_default();
            // A text can be two keys of one record, such as its id and its client id.
            if numbers.last() != Some(&self.added) {
                numbers.push(self.added);
            }
        }
        self.by_number.insert(self.added, record);
    }

    pub(crate) fn len(&self) -> usize {
        self.by_number.len()
    }

    /// All records, in order.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &T> {
        self.by_number.values()
    }

    /// All records, in order, to change all but their keys.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.by_number.values_mut()
    }

    /// The records with this key, in order. Any of a record's keys can be the one.
    pub(crate) fn with_key(&self, key: &str) -> impl DoubleEndedIterator<Item = &T> {
        let numbers = self.numbers.get(key).map_or(&[][..], Vec::as_slice);
        numbers.iter().filter_map(|number| self.by_number.get(number))
    }

    /// The first record with this key that matches, to change all but its keys.
    pub(crate) fn find_mut(&mut self, key: &str, matches: impl Fn(&T) -> bool) -> Option<&mut T> {
        let number = self.matching(key, matches).next()?;
        self.by_number.get_mut(&number)
    }

    /// Removes the records with this key that match. Returns them in order.
    pub(crate) fn remove(&mut self, key: &str, matches: impl Fn(&T) -> bool) -> Vec<T> {
        let numbers: Vec<u64> = self.matching(key, matches).collect();
        numbers.into_iter().filter_map(|number| self.remove_number(number)).collect()
    }

    /// Removes all records. Returns them in order.
    pub(crate) fn remove_all(&mut self) -> Vec<T> {
        self.numbers.clear();
        std::mem::take(&mut self.by_number).into_values().collect()
    }

    fn matching(&self, key: &str, matches: impl Fn(&T) -> bool) -> impl Iterator<Item = u64> {
        let numbers = self.numbers.get(key).map_or(&[][..], Vec::as_slice);
        let is_match = move |number: &u64| self.by_number.get(number).is_some_and(&matches);
        numbers.iter().copied().filter(is_match)
    }

    fn remove_number(&mut self, number: u64) -> Option<T> {
        let record = self.by_number.remove(&number)?;
        for key in record.keys() {
            let Some(numbers) = self.numbers.get_mut(key) else { continue };
            if let Ok(position) = numbers.binary_search(&number) {
                numbers.remove(position);
            }
            if numbers.is_empty() {
                self.numbers.remove(key);
            }
        }
        Some(record)
    }
}
